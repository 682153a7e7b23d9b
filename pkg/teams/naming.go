package teams

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/chat"
)

// cleanAbout returns the line as it is kept.
func cleanAbout(line string) (string, error) {
	if !utf8.ValidString(line) || strings.ContainsFunc(line, unicode.IsControl) || chat.Clean(line) != line {
		return "", wrong("about", "What the team is for has control characters or others that can't be seen. Write it again on one line.")
	}
	line = strings.Join(strings.Fields(line), " ")
	if n := utf8.RuneCountInString(line); n > MaxAbout {
		return "", wrong("about", "What the team is for has %d characters; at most %d fit.", n, MaxAbout)
	}
	return line, nil
}

// cleanWords returns the words as they are kept, each once.
func cleanWords(list []string) ([]string, error) {
	var kept []string
	for _, word := range list {
		switch {
		case !utf8.ValidString(word), strings.ContainsFunc(word, unicode.IsControl), chat.Clean(word) != word:
			return nil, wrong("words", "One of the words has control characters or others that can't be seen.")
		}
		word = strings.Join(strings.Fields(word), " ")
		switch n := utf8.RuneCountInString(word); {
		case word == "" || slices.ContainsFunc(kept, func(k string) bool { return strings.EqualFold(k, word) }):
			continue
		case !strings.ContainsFunc(word, spells):
			return nil, wrong("words", "%q is no word.", word)
		case n > MaxWord:
			return nil, wrong("words", "A word has %d characters; at most %d fit.", n, MaxWord)
		}
		kept = append(kept, word)
	}
	if len(kept) > MaxWords {
		return nil, wrong("words", "These are %d words; a team has at most %d.", len(kept), MaxWords)
	}
	return kept, nil
}

// spells reports whether words are made of such characters.
func spells(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// Named returns the team that a text names: by one of the team's words or by its name. Of
// several that it names, the one with the longest word counts, which says most; of two as
// long, the one that is named first. ok is false if it names none.
func (s Set) Named(text string) (named Team, ok bool) {
	text = folded(text)
	longest, first := 0, 0
	for _, t := range s.Teams {
		for _, word := range append(t.Words[:len(t.Words):len(t.Words)], t.Name) {
			word = folded(word)
			at := indexWord(text, word)
			if at < 0 || len(word) < longest || len(word) == longest && at >= first {
				continue
			}
			named, ok, longest, first = t, true, len(word), at
		}
	}
	return named, ok
}

// folded is a text without case, and with a space wherever white space is.
func folded(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }

// indexWord returns where the word stands in the text, as a word of its own; -1: nowhere.
func indexWord(text, word string) int {
	if word == "" {
		return -1
	}
	for from := 0; ; {
		at := strings.Index(text[from:], word)
		if at < 0 {
			return -1
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(word):])
		first, size := utf8.DecodeRuneInString(word)
		last, _ := utf8.DecodeLastRuneInString(word)
		if !joined(before, first) && !joined(last, after) {
			return at
		}
		from = at + size
	}
}

// joined reports whether two characters side by side are of one word.
func joined(a, b rune) bool { return spaced(a) && spaced(b) }

// spaced reports whether a character is of words that have spaces between them.
func spaced(r rune) bool {
	return spells(r) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
