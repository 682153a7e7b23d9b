package identity

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

// MaxName is the maximum length of a name in characters (code points).
const MaxName = 64

// CleanName returns the name as it is stored and shown, and the key under which
// names are compared; the error is a *bus.Refusal.
//
// Shown is what was typed, cleaned (chat.Clean, and without what changes the direction
// of the text around it), composed (NFC), trimmed, with one space for each run of white
// space, line breaks and tabs among them. Two names have the same key if they are the
// same to a reader who ignores case, the width and the style of letters, and invisible
// characters.
// Letters of different scripts that look alike stay apart. CleanName of a shown name
// is that name again, with the same key.
func CleanName(s string) (display, key string, err error) {
	if !utf8.ValidString(s) {
		return "", "", badName("This name is not valid UTF-8.")
	}
	display = norm.NFC.String(strings.Map(dropDirection, chat.Clean(s)))
	display = oneSpace(strings.TrimFunc(display, unicode.IsSpace))
	n := utf8.RuneCountInString(display)
	switch {
	case n == 0 && strings.TrimFunc(s, unicode.IsSpace) == "":
		return "", "", badName(fmt.Sprintf("A name has 1 to %d characters.", MaxName))
	case n > MaxName:
		return "", "", badName(fmt.Sprintf("This name has %d characters; at most %d are possible.", n, MaxName))
	case n == 0, strings.IndexFunc(display, visible) < 0:
		return "", "", badName("A name needs at least one visible character.")
	}
	sum := sha256.Sum256([]byte(compared(display)))
	return display, hex.EncodeToString(sum[:]), nil
}

func badName(sentence string) error { return &bus.Refusal{Code: codes.BadName, Message: sentence} }

// dropDirection drops embeddings, overrides and isolates: a name stands inside
// sentences, whose letters they would turn around.
func dropDirection(r rune) rune {
	if r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
		return -1
	}
	return r
}

// compared is the form of a name whose hash is its key: compatibility caseless
// matching as Unicode defines it (D146, and the steps of NFKC_Casefold), then without
// invisible characters.
func compared(name string) string {
	fold := cases.Fold() // a Caser may hold state, so it is never shared
	s := strings.Map(dropIgnorable, name)
	s = norm.NFKD.String(fold.String(norm.NFD.String(s)))
	s = norm.NFKD.String(fold.String(s))
	// Normalizing can produce spaces and ignorable characters; removing them can bring
	// marks together that then have another order.
	s = norm.NFKC.String(strings.Map(dropIgnorable, s))
	return oneSpace(strings.TrimFunc(s, unicode.IsSpace))
}

func dropIgnorable(r rune) rune {
	if ignorable(r) || blank(r) {
		return -1
	}
	return r
}

// oneSpace makes each run of white space one space.
func oneSpace(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	after := false
	for _, r := range s {
		if !unicode.IsSpace(r) {
			b.WriteRune(r)
		} else if !after {
			b.WriteByte(' ')
		}
		after = unicode.IsSpace(r)
	}
	return b.String()
}

// visible reports whether a reader sees the character by itself. Code points that
// this program's tables don't know yet count as visible: they are next year's emoji.
func visible(r rune) bool {
	return !unicode.IsSpace(r) && !unicode.IsControl(r) && !unicode.Is(unicode.Cf, r) && !unicode.IsMark(r) && !ignorable(r) && !blank(r)
}

// ignorable is the property Default_Ignorable_Code_Point, by its derivation in
// Unicode's DerivedCoreProperties: joiners, variation selectors, fillers,
// direction marks, tags.
func ignorable(r rune) bool {
	if unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
		return true
	}
	return unicode.Is(unicode.Cf, r) && !unicode.In(r, unicode.White_Space, unicode.Prepended_Concatenation_Mark) &&
		(r < 0xFFF9 || r > 0xFFFB) && (r < 0x13430 || r > 0x13440)
}

// blank reports whether fonts draw nothing for what Unicode calls a symbol: the
// Braille pattern without dots and the musical null notehead.
func blank(r rune) bool { return r == 0x2800 || r == 0x1D159 }
