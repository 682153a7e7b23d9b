package chat

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// Why is what the bot made of its own answer.
type Why struct {
	Cause Cause
	// Words are the language model's own reason, on one line, as CauseModel may have them.
	Words string
}

// Cause is why an answer is none, or hands the chat over, in one word.
type Cause string

// The causes. Of the first two a person is offered, of the others one is called.
const (
	CauseNothing Cause = "nothing" // the bot found no answer
	CauseUnsure  Cause = "unsure"  // what it quoted may be something else
	CauseAsked   Cause = "asked"   // the visitor asked for a person, in other words than the command
	CauseModel   Cause = "model"   // the language model decided so
	CauseFailed  Cause = "failed"  // the language model failed, and the pages have nothing
	CauseGaveUp  Cause = "gave_up" // nothing at all could be answered
)

// maxWhy is how many characters a model's reason has at most.
const maxWhy = 200

// NewWhy returns a cause, with a model's words cleaned and cut. Nil is for none.
func NewWhy(cause Cause, words string) *Why {
	if cause == "" {
		return nil
	}
	return &Why{cause, Brief(words, maxWhy)}
}

// Brief is a text on one line, cleaned, without what turns the direction of the text around it, and
// cut to that many characters. Of what nobody sees nothing is left.
func Brief(text string, most int) string {
	text = strings.Join(strings.Fields(Clean(straight(strings.ToValidUTF8(text, "\uFFFD")))), " ")
	if !strings.ContainsFunc(text, seen) {
		return ""
	}
	if utf8.RuneCountInString(text) > most {
		text = strings.TrimSpace(string([]rune(text)[:most-1])) + "…"
	}
	return text
}

// Encode returns it as it travels: printable ASCII without spaces.
func (w *Why) Encode() string {
	if w.Words == "" {
		return string(w.Cause)
	}
	return string(w.Cause) + "." + base64.RawURLEncoding.EncodeToString([]byte(w.Words))
}

// ParseWhy reads what Encode wrote, also of a cause that only a later version knows. Nil is for
// nothing, or what can't be read.
func ParseWhy(s string) *Why {
	if s == "" {
		return nil
	}
	cause, rest, _ := strings.Cut(s, ".")
	words, err := base64.RawURLEncoding.DecodeString(rest)
	if err != nil {
		return nil
	}
	return NewWhy(Cause(cause), string(words))
}
