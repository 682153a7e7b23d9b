package chat

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxText is how many characters (code points) a text may have.
const MaxText = 4000

// MaxClientID is how many characters a client's id may have.
const MaxClientID = 64

// TextError says what is wrong with a text, in a sentence for a person.
type TextError struct {
	TooLong  bool
	Sentence string
}

func (e *TextError) Error() string { return e.Sentence }

// CleanText returns the text as it is stored and shown: cleaned (see Clean), without
// white space around it. What a reader sees stays as it was typed. It refuses a text
// in which a reader sees nothing, or that is longer than MaxText. The error is a *TextError.
func CleanText(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", &TextError{Sentence: "This text is not valid UTF-8."}
	}
	s = strings.TrimSpace(Clean(s))
	if !strings.ContainsFunc(s, seen) {
		return "", &TextError{Sentence: "There is no text to send."}
	}
	if n := utf8.RuneCountInString(s); n > MaxText {
		return "", &TextError{TooLong: true, Sentence: fmt.Sprintf("This text has %d characters; at most %d can be sent at once.", n, MaxText)}
	}
	return s, nil
}

// seen reports whether a character alone is seen: it is no space, no mark on another
// character, and none of those that only act on others or fill their place. The pages
// have the same pattern: web/shared/clean.js.
func seen(r rune) bool {
	switch r {
	case 0x115f, 0x1160, 0x3164, 0xffa0, 0x2800:
		return false
	}
	return !unicode.In(r, unicode.Z, unicode.M, unicode.Cf, unicode.Cc)
}

// CheckClientID refuses an id that a client may not use: it has 1 to 64
// printable ASCII characters without spaces.
func CheckClientID(id string) error {
	if id == "" || len(id) > MaxClientID {
		return &TextError{Sentence: fmt.Sprintf("An id has 1 to %d characters.", MaxClientID)}
	}
	for _, r := range id {
		if r <= ' ' || r > '~' {
			return &TextError{Sentence: "An id consists of printable ASCII characters without spaces."}
		}
	}
	return nil
}
