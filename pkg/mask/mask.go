// Package mask hides what a text should not show to those who need not see it: numbers of payment
// cards, bank accounts (IBANs), and what a site's own patterns match. It is pure, and takes time
// in proportion to the text's length.
//
// What is hidden keeps its shape: digits and letters become •, spaces and dashes stay, and of a
// card or an account the last four stay, too, by which people know it.
package mask

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// Options say what is hidden.
type Options struct {
	Cards, IBANs bool
	Patterns     []Pattern
}

// Pattern is what a site wants hidden besides.
type Pattern struct {
	Name string
	// Expr is in RE2's syntax.
	Expr string
}

const (
	// MaxPatterns is how many patterns there may be, maxExpr how long one may be, in bytes.
	MaxPatterns = 32
	maxExpr     = 500
)

// Rules hide what Options say. A nil *Rules hides nothing. The methods may be called concurrently.
type Rules struct {
	cards, ibans bool
	patterns     []*regexp.Regexp
}

// New returns the rules, or an error whose text says to an operator what is wrong with a pattern.
func New(o Options) (*Rules, error) {
	r := &Rules{cards: o.Cards, ibans: o.IBANs}
	if len(o.Patterns) > MaxPatterns {
		return nil, fmt.Errorf("there are %d patterns, and there may be %d", len(o.Patterns), MaxPatterns)
	}
	for _, p := range o.Patterns {
		if len(p.Expr) > maxExpr {
			return nil, fmt.Errorf("the pattern %q is longer than %d bytes", p.Name, maxExpr)
		}
		re, err := regexp.Compile(p.Expr)
		if err != nil {
			return nil, fmt.Errorf("the pattern %q can't be read: %w", p.Name, err)
		}
		if re.MatchString("") {
			return nil, fmt.Errorf("the pattern %q matches where nothing is", p.Name)
		}
		r.patterns = append(r.patterns, re)
	}
	return r, nil
}

// ParsePatterns reads patterns as a setting has them: NAME=PATTERN, with two semicolons or a new line
// between two of them.
func ParsePatterns(s string) (list []Pattern, err error) {
	for part := range strings.SplitSeq(strings.ReplaceAll(s, "\n", ";;"), ";;") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, expr, ok := strings.Cut(part, "=")
		if name = strings.TrimSpace(name); !ok || name == "" || expr == "" {
			return nil, fmt.Errorf("write each pattern as NAME=PATTERN, with ;; between two of them")
		}
		list = append(list, Pattern{name, expr})
	}
	return list, nil
}

// Text returns the text with everything hidden. Where there is nothing to hide, it is s itself.
func (r *Rules) Text(s string) string {
	if r == nil || s == "" {
		return s
	}
	if (r.cards || r.ibans) && strings.ContainsFunc(s, unicode.IsDigit) {
		s = r.numbers(s)
	}
	for _, re := range r.patterns {
		s = re.ReplaceAllStringFunc(s, func(found string) string {
			return strings.Map(func(c rune) rune {
				if unicode.IsSpace(c) {
					return c
				}
				return hidden
			}, found)
		})
	}
	return s
}

// Hides reports whether Text would change the text.
func (r *Rules) Hides(s string) bool { return r.Text(s) != s }

// hidden stands for each character that is hidden.
const hidden = '•'

// shown is how many characters at the end of a number stay.
const shown = 4

// numbers hides cards and IBANs.
func (r *Rules) numbers(s string) string {
	text := []rune(s)
	changed := false
	for i := 0; i < len(text); {
		if i > 0 && isWord(text[i-1]) {
			i++
			continue
		}
		end := 0
		if r.ibans {
			end = iban(text[i:])
		}
		if end == 0 && r.cards && (i == 0 || text[i-1] != '+') {
			end = card(text[i:])
		}
		if end > 0 {
			hide(text[i : i+end])
			changed = true
			i += end
			continue
		}
		// A phone number is none at its second group either.
		if i > 0 && text[i-1] == '+' {
			i += groups(text[i:])
		}
		i++
	}
	if !changed {
		return s
	}
	return string(text)
}

// hide hides all letters and digits but the last ones.
func hide(text []rune) {
	left := shown
	for i := len(text) - 1; i >= 0; i-- {
		switch {
		case !isWord(text[i]):
		case left > 0:
			left--
		default:
			text[i] = hidden
		}
	}
}

// isWord reports whether a character belongs to a word of Latin letters and digits: what stands in
// the middle of one is no number of its own. Letters of scripts without spaces are not among them.
func isWord(c rune) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || unicode.IsDigit(c)
}

// maxGap is how many characters may stand between two groups, such as " - ".
const maxGap = 3

// gap returns how many characters at the start separate two groups of a number; 0 if a group
// does not follow.
func gap(text []rune) int {
	for n := range min(len(text), maxGap+1) {
		c := text[n]
		switch {
		case unicode.Is(unicode.Zs, c) || unicode.Is(unicode.Pd, c) || c == '.' || c == '\t' || c == '\u2212':
		case isWord(c) && c != '_':
			return n
		default:
			return 0
		}
	}
	return 0
}

// digit returns the value of a decimal digit of any script; -1 if the character is none.
func digit(c rune) int {
	if '0' <= c && c <= '9' {
		return int(c - '0')
	}
	if c < 128 || !unicode.IsDigit(c) {
		return -1
	}
	// Unicode has each script's ten digits in a row, and ranges that begin with a zero.
	for _, r := range unicode.Nd.R16 {
		if lo, hi := rune(r.Lo), rune(r.Hi); lo <= c && c <= hi {
			return int(c-lo) % 10
		}
	}
	for _, r := range unicode.Nd.R32 {
		if lo, hi := rune(r.Lo), rune(r.Hi); lo <= c && c <= hi {
			return int(c-lo) % 10
		}
	}
	return -1
}
