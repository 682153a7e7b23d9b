package chat

import (
	"strings"
	"unicode"
)

// maxEmail is how many bytes an e-mail address may have, maxLocal how many of them before
// the @, and maxLabel how many each part of the domain (RFC 5321, RFC 1035).
const (
	maxEmail = 254
	maxLocal = 64
	maxLabel = 63
)

const badEmail = "Enter one email address, such as ada@example.com."

// CleanEmail returns the address as it is stored and shown, or refuses what is not exactly
// one address; the error is a *TextError. Whether somebody reads mail there, it can't know.
// It is stricter than the standard, which allows quotation marks and comments: nobody has
// such an address, and they only help those who want to be misread.
func CleanEmail(s string) (string, error) {
	s = strings.TrimSpace(Clean(s))
	local, domain, ok := strings.Cut(s, "@")
	labels := strings.Split(domain, ".")
	if !ok || len(s) > maxEmail || local == "" || len(local) > maxLocal || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") ||
		strings.Contains(local, "..") || !allOf(local, "!#$%&'*+-/=?^_`{|}~.") || len(labels) < 2 {
		return "", &TextError{Sentence: badEmail}
	}
	for _, label := range labels {
		if label == "" || len(label) > maxLabel || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") || !allOf(label, "-") {
			return "", &TextError{Sentence: badEmail}
		}
	}
	return s, nil
}

// allOf reports whether each character is a letter, a mark on one, a digit or one of the signs.
func allOf(s, signs string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.In(r, unicode.L, unicode.M, unicode.Nd) && !strings.ContainsRune(signs, r) || r == unicode.ReplacementChar
	})
}
