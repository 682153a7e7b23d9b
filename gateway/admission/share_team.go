package admission

// teamAddress is how often a minute one address may ask who is online. A visitor's page
// asks every 30 seconds at most, and only until a chat begins: half as much again
// as a thousand visitors behind one address ask for.
const teamAddress = 3000

// TeamOfAddress is the rate of package api, which counts it.
var TeamOfAddress = aMinute(teamAddress)

// TooManyLooks is what whoever asks more often reads. "%s" is how long to wait.
const TooManyLooks = "That was too often. Please try again in %s."
