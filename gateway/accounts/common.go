package accounts

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
)

// commonText says in its first lines where it comes from.
//
//go:embed common.txt
var commonText string

// common returns the most common passwords, ordered, as plainPassword writes them.
var common = sync.OnceValue(func() []string {
	lines := strings.Split(strings.TrimSpace(commonText), "\n")
	return slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, "#") })
})

// The rules for a new password, as PasswordError names them. The pages say all of them
// beside the field, before anything is typed: web/agent/password.js.
const (
	RuleLength    = "length"
	RuleDifferent = "different"
	RuleName      = "name"
	RuleCommon    = "common"
)

// PasswordError is the refusal of a password that breaks a rule.
type PasswordError struct {
	bus.Refusal
	// Rule is one of those above.
	Rule string
}

// Unwrap returns the refusal.
func (e *PasswordError) Unwrap() error { return &e.Refusal }

func unfit(rule, sentence string) error {
	return &PasswordError{bus.Refusal{Code: codes.BadPassword, Message: sentence}, rule}
}

const (
	// minOwn is how many characters a password has besides the words that everybody would
	// try: the user's name and the site's.
	minOwn = 8
	// minWord is the length of the shortest name that counts as such a word.
	minWord = 3
	// minDifferent is how many different characters a password has.
	minDifferent = 5
)

// checkNew refuses, with a *PasswordError, a new password that is among the first that
// somebody would guess: one of the most common ones, or little more than one of the words.
// Passwords that are set already are never checked against this.
func checkNew(password string, words ...string) error {
	if err := CheckPassword(password); err != nil {
		return err
	}
	plain := plainPassword(password)
	// With figures and signs before or after it, a common word is not less common.
	base := strings.TrimFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) })
	if isCommon(plain) || isCommon(base) {
		return unfit(RuleCommon, "This is one of the passwords that attackers guess first. Please choose another, such as three or four unrelated words.")
	}
	different := map[rune]bool{}
	for _, r := range plain {
		different[r] = true
	}
	if len(different) < minDifferent {
		return unfit(RuleDifferent, "This password has too few different characters. Please choose another, such as three or four unrelated words.")
	}
	own := plain
	for _, w := range words {
		for _, part := range strings.FieldsFunc(strings.ToLower(norm.NFKC.String(w)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if utf8.RuneCountInString(part) >= minWord {
				own = strings.ReplaceAll(own, part, "")
			}
		}
	}
	if own != plain && utf8.RuneCountInString(own) < minOwn {
		return unfit(RuleName, "This password is little more than a name that anyone would try first: yours, the site’s or Parley’s. Please choose another, such as three or four unrelated words.")
	}
	return nil
}

// isCommon reports whether a plain password is in the list.
func isCommon(plain string) bool {
	_, found := slices.BinarySearch(common(), plain)
	return found
}

// plainPassword is a password as it is compared with common ones: in lower case and
// without spaces.
func plainPassword(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(s)), ""))
}
