package llm

import (
	"strings"
	"unicode"
)

// Angle brackets as models write them: plain, wide, escaped for HTML, for Markdown or for
// JSON, or as the quotes that look like them.
var (
	openAngles  = []string{"<", "＜", "﹤", "‹", "⟨", "〈", `\<`, "&lt;", "&#60;", "&#x3c;", `\u003c`}
	closeAngles = []string{">", "＞", "﹥", "›", "⟩", "〉", `\>`, "&gt;", "&#62;", "&#x3e;", `\u003e`}
)

// oneOf is the length of the mark at the beginning of a text, 0 if there is none, or wait
// if there may be one with what follows.
func oneOf(marks []string, text string) int {
	half := false
	for _, m := range marks {
		n := min(len(m), len(text))
		if !strings.EqualFold(m[:n], text[:n]) {
			continue
		}
		if n == len(m) {
			return n
		}
		half = true
	}
	if half {
		return wait
	}
	return 0
}

// angled reads what is in angle brackets at the beginning of a text, in lower case, without
// invisible characters and with the bars and spaces of DeepSeek's tokens made plain. n is
// the length of the whole; 0: nothing is in brackets there; wait: it is not complete.
func angled(in string, force bool) (inner string, n int) {
	at := oneOf(openAngles, in)
	if at <= 0 {
		return "", at
	}
	var b strings.Builder
	for _, r := range in[at:] {
		rest := in[at:]
		switch end := oneOf(closeAngles, rest); {
		case end > 0:
			return plainTag(b.String()), at + end
		case end == wait && !force:
			return plainTag(b.String()), wait
		}
		if r == '\n' || at > maxTag || oneOf(openAngles, rest) > 0 {
			return "", 0
		}
		b.WriteRune(r)
		at += len(string(r))
	}
	if force {
		return "", 0
	}
	return plainTag(b.String()), wait
}

func plainTag(inner string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '｜' || r == '│':
			return '|'
		case r == '▁' || r == '-' || r == '‐' || r == '‑':
			return '_'
		case r == '／':
			return '/'
		case unicode.Is(unicode.Cf, r):
			return -1
		case r >= 'Ａ' && r <= 'ｚ': // wide letters
			return unicode.ToLower(r - 'Ａ' + 'A')
		}
		return unicode.ToLower(r)
	}, inner)
}
