package audit

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/chat"
)

// Entry is one act of one person. It has no words of visitors, which nobody could take out of
// a chain again once they are to be forgotten.
type Entry struct {
	// At is when, to the millisecond; whoever writes the entry may leave it out.
	At time.Time `json:"at"`
	// By is an account, or one of Operator and Visitor.
	By string `json:"by"`
	// From is the address that it came from, as text; empty on the command line.
	From string  `json:"from,omitempty"`
	Act  Act     `json:"act"`
	Chat chat.ID `json:"chat,omitempty"`
	// Of is what else it is about: an account, a file, a visitor, a region.
	Of string `json:"of,omitempty"`
	// Detail says more, for people: which role an account was given, which filter a list had.
	Detail string `json:"detail,omitempty"`
}

// Those who have no account. No account can have these names: they begin with a character that
// no user name may begin with.
const (
	Operator = "(operator)" // whoever may use the command line
	Visitor  = "(visitor)"
	Nobody   = "(nobody)" // a try to sign in with a name that is no account's
)

// Log writes entries down. Its methods may be called concurrently.
type Log interface {
	// Write returns nil once the entry is stored for good. After an error it may have been
	// stored or not, and what it is about must not be done or shown: the error wraps
	// bus.ErrUnavailable where a later try may succeed.
	Write(ctx context.Context, e Entry) error
}

// How long the texts of an entry may be, in bytes. What is longer is cut.
const (
	maxName   = 128
	maxDetail = 512
)

// Clean returns the entry as it is stored: with its time to the millisecond, and with texts that
// are valid, bounded and on one line.
func (e Entry) Clean(now time.Time) Entry {
	if e.At.IsZero() {
		e.At = now
	}
	e.At = time.UnixMilli(e.At.UnixMilli()).UTC()
	e.By, e.From, e.Of = clean(e.By, maxName), clean(e.From, maxName), clean(e.Of, maxName)
	e.Act, e.Chat = Act(clean(string(e.Act), maxName)), chat.ID(clean(string(e.Chat), maxName))
	e.Detail = clean(e.Detail, maxDetail)
	return e
}

func clean(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}
