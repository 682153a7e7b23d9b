package wish

import "strings"

// languageSet is a set of languages, by their places in the list, and whether there is a
// word for a bot.
type languageSet uint64

// bots is the place of the words for bots, behind all languages.
const bots = 63

func (s languageSet) has(i int) bool { return s&(1<<i) != 0 }
func (s languageSet) bots() bool     { return s.has(bots) }
func (s languageSet) any() bool      { return s&^(1<<bots) != 0 }

// stems finds all stems of all languages in a text, in one pass. It is filled once and then
// only read.
type stems [256][]stem // by a hash of the first two bytes, which each stem has

type stem struct {
	text string
	of   languageSet
}

func hashed(a, b byte) byte { return a*31 ^ b }

func (s *stems) add(text string, of int) {
	h := hashed(text[0], text[1])
	for i, other := range s[h] {
		if other.text == text {
			s[h][i].of |= 1 << of
			return
		}
	}
	s[h] = append(s[h], stem{text, 1 << of})
}

// in returns the languages of which the text has a stem.
func (s *stems) in(text string) (of languageSet) {
	for i := 1; i < len(text); i++ {
		for _, stem := range s[hashed(text[i-1], text[i])] {
			if strings.HasPrefix(text[i-1:], stem.text) {
				of |= stem.of
			}
		}
	}
	return of
}

// spaced has the stems of languages that are written with spaces, and tightly those of the
// others, none of which is in ASCII.
var spaced, tightly = func() (spaced, tightly stems) {
	for i, l := range languages {
		for _, p := range l.persons {
			if l.tight {
				tightly.add(p, i)
			} else {
				spaced.add(p, i)
			}
		}
	}
	for _, p := range ofBots {
		spaced.add(p, bots)
	}
	return spaced, tightly
}()

// mentioned returns the languages in which the folded text mentions a person: all others
// need not be looked at.
func mentioned(text string) languageSet {
	of := spaced.in(text)
	if !ascii(text) {
		of |= tightly.in(squeezed(text))
	}
	return of
}
