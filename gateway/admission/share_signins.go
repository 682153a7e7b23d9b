package admission

import (
	"time"

	"github.com/parley-chat/parley/gateway/limit"
)

// How many sign-in attempts are allowed per minute. The share of an address stops one
// guesser, that of a user name many guessers of one account: at twenty guesses a minute, a
// password of ten characters is safe. The latter also keeps the owner out while they go
// on, but not at a browser that signed in with the account before: that has a share of its
// own, which nobody else can use up.
const (
	signInsAddress = 10
	signInsName    = 20
	signInsBrowser = 20
)

// The rates of package api, which counts them: it knows who is known.
var (
	SignInsOfAddress = aMinute(signInsAddress)
	SignInsOfName    = aMinute(signInsName)
	SignInsOfBrowser = aMinute(signInsBrowser)
)

func aMinute(tries int) limit.Rate {
	return limit.Rate{Every: time.Minute / time.Duration(tries), Burst: tries}
}

// What people read beyond them. "%s" is how long to wait.
const (
	TooManySignIns       = "That was too often. Please try again in %s."
	TooManySignInsOfName = "There were too many attempts to sign in with this user name, from here or elsewhere. Please try again in %s, or use a browser that you have signed in with before."
)
