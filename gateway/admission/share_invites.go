package admission

// invitesAddress is how often a minute one address may show an invite's token: once when
// the link is opened, and once when its form is sent. The token can't be guessed, so the share
// only bounds what trying costs; a whole office that joins on one morning stays below it.
const invitesAddress = 60

// InvitesOfAddress is the rate of package api, which counts it.
var InvitesOfAddress = aMinute(invitesAddress)

// TooManyInvites is what whoever tries more often reads. "%s" is how long to wait.
const TooManyInvites = "That was too often. Please try again in %s."
