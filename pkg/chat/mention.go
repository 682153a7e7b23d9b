package chat

import (
	"slices"
	"strings"
)

// MaxMentions is how many colleagues one note can call: a note to everybody is none.
const MaxMentions = 10

// Mentions returns the accounts that a note may mention: what follows an @ that begins a word,
// as far as it could be a user name, each once, in their order, MaxMentions at most. Whether
// there are such accounts the caller knows; "ask @noon" is no mention where nobody is called so.
func Mentions(text string) (users []string) {
	for at := 0; len(users) < MaxMentions; {
		i := strings.IndexByte(text[at:], '@')
		if i < 0 {
			return users
		}
		from := at + i + 1
		end := from
		for end < len(text) && userByte(text[end]) {
			end++
		}
		user := strings.ToLower(strings.Trim(text[from:end], "._-"))
		if begins := from == 1 || !wordByte(text[from-2]); begins && user != "" && !slices.Contains(users, user) {
			users = append(users, user)
		}
		at = end
	}
	return users
}

// userByte reports whether a user name may have the byte.
func userByte(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '.' || b == '_' || b == '-'
}

// wordByte reports whether an @ behind the byte is part of a word, as in an e-mail address.
func wordByte(b byte) bool { return userByte(b) || b >= 0x80 || b == '@' }
