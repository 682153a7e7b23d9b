package accounts

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/pkg/bus"
)

// The codes of refusals.
const (
	CodeBadLogin    = "bad_login"
	CodeNotSignedIn = "not_signed_in"
	CodeNotAllowed  = "not_allowed"
	CodeRateLimited = "rate_limited"
	CodeNotFound    = "not_found"
	CodeBadUser     = "bad_user"
	CodeBadName     = "bad_name"
	CodeBadRole     = "bad_role"
	CodeBadPassword = "bad_password"
	CodeUserTaken   = "user_taken"
	CodeLastAdmin   = "last_admin"
)

// Role says what an agent may do.
type Role string

// Admin may change accounts besides answering chats.
const (
	Admin  Role = "admin"
	Answer Role = "agent"
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
		return &bus.Refusal{Code: CodeBadUser, Message: "A user name has 2 to 32 characters of a-z 0-9 . _ -, begins and ends with a letter or a digit, and has no two dots in a row."}
	}
	return nil
}

func cleanName(name string) (string, error) {
	shown, _, err := identity.CleanName(name)
	return shown, err
}

func checkRole(role Role) error {
	if role != Admin && role != Answer {
		return &bus.Refusal{Code: CodeBadRole, Message: "A role is admin or agent."}
	}
	return nil
}

// CheckPassword refuses a password that is too short or too long.
func CheckPassword(password string) error {
	if n := utf8.RuneCountInString(password); n < minPassword || n > maxPassword || !utf8.ValidString(password) {
		return &bus.Refusal{Code: CodeBadPassword, Message: fmt.Sprintf("A password has %d to %d characters.", minPassword, maxPassword)}
	}
	return nil
}

func errBadLogin() error {
	return &bus.Refusal{Code: CodeBadLogin, Message: "The user name or the password is wrong."}
}

func errNotSignedIn() error {
	return &bus.Refusal{Code: CodeNotSignedIn, Message: "Please sign in."}
}

func errNoAccount(user string) error {
	return &bus.Refusal{Code: CodeNotFound, Message: fmt.Sprintf("There is no account %q.", user)}
}
