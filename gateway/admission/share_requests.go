package admission

// requestsAccount is how many requests a minute one account may make to the HTTP interface, in all
// its browsers: a hundred times what a console and an operator page ask for. Some of them read all
// accounts, or are followed by what every console reads.
const requestsAccount = 600

// RequestsOfAccount is the rate of package api, which counts it.
var RequestsOfAccount = aMinute(requestsAccount)

// TooManyRequests is what whoever makes more reads. "%s" is how long to wait.
const TooManyRequests = "That was too often. Please try again in %s."
