package config

import (
	"fmt"
	"strings"
)

// maxSynonyms is how many bytes the site's own synonyms may have.
const maxSynonyms = 16 << 10

// synonyms says what is wrong with groups of words that say the same, or nothing.
func synonyms(text string) string {
	if len(text) > maxSynonyms {
		return "it is longer than 16 KB"
	}
	for group := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == ';' }) {
		group = strings.TrimSpace(group)
		if group == "" || strings.HasPrefix(group, "#") {
			continue
		}
		left, right, oneWay := strings.Cut(group, ">")
		from, to := members(left), members(right)
		switch {
		case strings.Contains(right, ">"), len(from) == 0, oneWay && len(to) == 0, !oneWay && len(from) < 2:
			return fmt.Sprintf("%q names no words that say the same: expected such as \"jumper, sweater\" or \"anorak > jacket\"", group)
		case !oneWay && strings.ContainsAny(from[0], " -"):
			return fmt.Sprintf("%q begins with several words: expected a single one first", group)
		}
		for _, m := range from {
			if strings.HasPrefix(m, "..") || strings.HasSuffix(m, "..") {
				return fmt.Sprintf("%q: expected a word before and after \"..\"", group)
			}
		}
	}
	return ""
}

// members are what commas separate.
func members(list string) []string {
	var out []string
	for m := range strings.SplitSeq(list, ",") {
		if m = strings.Join(strings.Fields(m), " "); m != "" {
			out = append(out, m)
		}
	}
	return out
}
