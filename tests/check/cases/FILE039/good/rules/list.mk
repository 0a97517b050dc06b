list:
	ls
