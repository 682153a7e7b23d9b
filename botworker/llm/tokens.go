package llm

import (
	"strings"
	"unicode/utf8"
)

const (
	// perMessage is about how many tokens a message costs beside its words.
	perMessage = 8
	// toolTokens is about how many tokens the description of the tool has.
	toolTokens = 100
	// leastRoom is how many tokens the question and its passages get however small the
	// window is said to be.
	leastRoom = 64
)

// Tokens is about how many tokens a model reads: the rules, the tool and the messages. It
// serves to fit a prompt into a window. What it costs is counted in another way, by bytes:
// see spent.Estimate.
func (p Prompt) Tokens() int {
	n := tokensIn(p.System) + toolTokens
	for _, m := range p.Messages {
		n += tokensIn(m.Text) + perMessage
	}
	return n
}

// tokensIn is about how many tokens a text has: one for four characters of ASCII, and one
// for any other character, which is about right for Chinese and too much rather than too
// little for most other scripts.
func tokensIn(s string) int {
	ascii, others := 0, 0
	for i := range len(s) {
		switch {
		case s[i] < utf8.RuneSelf:
			ascii++
		case utf8.RuneStart(s[i]):
			others++
		}
	}
	return (ascii+3)/4 + others
}

// firstTokens returns the beginning of a text, of about that many tokens at most.
func firstTokens(s string, n int) string {
	quarters := 4 * n
	for i, r := range s {
		if quarters -= quartersOf(r); quarters < 0 {
			return s[:i]
		}
	}
	return s
}

// lastTokens returns the end of a text, of about that many tokens at most. A word is not
// cut if that is easily avoided.
func lastTokens(s string, n int) string {
	quarters := 4 * n
	for i := len(s); i > 0; {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if quarters -= quartersOf(r); quarters < 0 {
			s = s[i:]
			if at := strings.IndexAny(s, " \n"); at >= 0 && at < 40 {
				s = s[at+1:]
			}
			return s
		}
		i -= size
	}
	return s
}

// quartersOf is how many quarters of a token a character is.
func quartersOf(r rune) int {
	if r < utf8.RuneSelf {
		return 1
	}
	return 4
}
