package knowledge

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/parley-chat/parley/botworker/language"
)

// token is a piece of a normalized text: a word, a number, or a run of letters of a script
// without spaces.
type token struct {
	text   string
	run    bool // of such letters
	number bool
	glued  rune // what stands between it and the token before: 0 for nothing, or '-', or ' ' for anything else
}

// tokenize takes a normalized text apart. Letters and digits are separate words, so that
// "iphone12" is "iphone 12" and "99€" is "99".
func tokenize(text string, emit func(token)) {
	glued := ' '
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case language.Unspaced(r):
			end := i + spanOf(text[i:], func(r rune) bool { return language.Unspaced(r) || unicode.IsMark(r) })
			emit(token{text: text[i:end], run: true, glued: glued})
			i, glued = end, 0
		case unicode.IsDigit(r):
			end := i
			for _, n := range numbers(text[i:], &end) {
				emit(token{text: clip(n), number: true, glued: glued})
				glued = '-'
			}
			glued = 0
			i = end
		case unicode.IsLetter(r) || unicode.IsMark(r):
			end := i + letterSpan(text[i:])
			word := text[i:end]
			if strings.IndexByte(word, '\'') >= 0 {
				word = strings.ReplaceAll(word, "'", "")
			}
			emit(token{text: clip(word), glued: glued})
			i, glued = end, 0
		default:
			if r == '-' && glued == 0 {
				glued = '-'
			} else {
				glued = ' '
			}
			i += size
		}
	}
}

func spanOf(text string, in func(rune) bool) int {
	if end := strings.IndexFunc(text, func(r rune) bool { return !in(r) }); end >= 0 {
		return end
	}
	return len(text)
}

// letterSpan is the length of the word at the beginning. In Cyrillic an apostrophe is a
// letter: "об'єкт".
func letterSpan(text string) int {
	end := 0
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if r == '\'' && end > 0 {
			before, _ := utf8.DecodeLastRuneInString(text[:end])
			after, _ := utf8.DecodeRuneInString(text[end+1:])
			if unicode.Is(unicode.Cyrillic, before) && unicode.Is(unicode.Cyrillic, after) {
				end += size
				continue
			}
		}
		if language.Unspaced(r) || !unicode.IsLetter(r) && !unicode.IsMark(r) {
			break
		}
		end += size
	}
	return max(end, 1)
}

// numbers returns the number at the beginning of the text in one notation: without
// separators of thousands, with a point before decimals, without decimals that are zero.
// Anything else with points, such as a date or a version of three parts, is several
// numbers. The end is moved behind it.
func numbers(text string, end *int) []string {
	var groups []string
	var marks []byte
	i := 0
	for {
		n := spanOf(text[i:], unicode.IsDigit)
		groups = append(groups, text[i:i+n])
		i += n
		if i+1 >= len(text) || strings.IndexByte(".,':", text[i]) < 0 || text[i+1] < '0' || text[i+1] > '9' || len(groups) > 8 {
			break
		}
		marks = append(marks, text[i])
		i++
	}
	*end += i
	return oneNotation(groups, marks)
}

func oneNotation(groups []string, marks []byte) []string {
	last := len(groups) - 1
	if last == 0 {
		return groups
	}
	thousands := func(groups []string, marks []byte) bool {
		for i, m := range marks {
			if m != marks[0] || m == ':' || len(groups[i+1]) != 3 {
				return false
			}
		}
		return len(groups[0]) <= 3 && groups[0] != "0"
	}
	decimals := func(whole, part string) []string {
		if strings.Trim(part, "0") == "" && len(part) == 2 {
			return []string{whole}
		}
		return []string{whole + "." + part}
	}
	switch {
	case thousands(groups, marks):
		return []string{strings.Join(groups, "")}
	case last == 1 && len(groups[1]) <= 2:
		return decimals(groups[0], groups[1])
	case last > 1 && marks[last-1] != marks[0] && len(groups[last]) <= 2 && thousands(groups[:last], marks[:last-1]):
		return decimals(strings.Join(groups[:last], ""), groups[last])
	}
	return groups
}

// grams are the overlapping pieces of a run that the index knows it by, folded: pairs of
// letters, in scripts with an alphabet threes.
func grams(run []rune) []string {
	n := gramSize(run)
	if len(run) < n {
		return nil
	}
	out := make([]string, 0, len(run)-n+1)
	for i := 0; i+n <= len(run); i++ {
		out = append(out, string(run[i:i+n]))
	}
	return out
}

func gramSize(run []rune) int {
	if len(run) > 0 && run[0] < 0x2e80 {
		return 3 // Thai, Lao, Khmer, Burmese
	}
	return 2
}

// foldRun folds a run, and drops the long vowel that some write at the end of a foreign
// word and some do not.
func foldRun(run string) []rune {
	letters := []rune(language.Fold(run))
	out := letters[:0]
	for i, r := range letters {
		if r == 'ー' && i >= 3 && (i+1 == len(letters) || unicode.Is(unicode.Han, letters[i+1])) {
			continue
		}
		out = append(out, r)
	}
	return out
}
