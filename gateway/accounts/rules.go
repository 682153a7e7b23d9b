package accounts

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/rights"
)

// Role says what an agent may do.
type Role = rights.Role

// The roles that this package's callers name most: see package rights for all of them.
const (
	Admin  = rights.Admin
	Answer = rights.Agent
)

const (
	minPassword = 10
	maxPassword = 200
)

// userName begins and ends with a letter or a digit. It is a key of the buckets
// agents and presence and a part of paths, so dots stand alone.
var userName = regexp.MustCompile(`^[a-z0-9]+([._-]+[a-z0-9]+)*$`)

func validUser(user string) bool {
	return len(user) >= 2 && len(user) <= 32 && userName.MatchString(user) && !strings.Contains(user, "..")
}

func checkUser(user string) error {
	if !validUser(user) {
		return bus.Refuse(codes.BadUser)
	}
	return nil
}

func cleanName(name string) (string, error) {
	shown, _, err := identity.CleanName(name)
	return shown, err
}

func checkRole(role Role) error {
	if !role.Known() {
		return bus.Refuse(codes.BadRole)
	}
	return nil
}

// CheckPassword refuses a password that is too short or too long.
func CheckPassword(password string) error {
	switch n := utf8.RuneCountInString(password); {
	case n > maxPassword:
		return unfit(RuleLength, fmt.Sprintf("This password is too long: %d characters are the most.", maxPassword))
	case n < minPassword || !utf8.ValidString(password):
		return unfit(RuleLength, fmt.Sprintf("This password is too short. Use %d characters or more.", minPassword))
	}
	return nil
}

func errNotSignedIn() error {
	return bus.Refuse(codes.NotSignedIn)
}

func errNoAccount(user string) error {
	return &bus.Refusal{Code: codes.NotFound, Message: fmt.Sprintf("There is no account %q.", user)}
}
