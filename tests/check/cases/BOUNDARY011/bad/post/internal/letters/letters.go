package letters

var All = 5
