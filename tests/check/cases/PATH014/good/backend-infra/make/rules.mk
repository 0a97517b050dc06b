all:
	@echo all
