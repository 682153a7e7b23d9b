package config

import (
	"fmt"

	"github.com/parley-chat/parley/pkg/wish"
)

const (
	maxPhrases = 50
	maxPhrase  = 64 // characters
)

// escalateWords checks the phrases that call a person.
func escalateWords(g given) string {
	phrases := g.Phrases()
	if n := len(phrases); n > maxPhrases {
		return fmt.Sprintf("it has %d phrases; at most %d are possible", n, maxPhrases)
	}
	for _, p := range phrases {
		if wish.Key(p) == "" {
			return fmt.Sprintf("%q holds no letter or digit", p)
		}
		if n := len([]rune(p)); n > maxPhrase {
			return fmt.Sprintf("a phrase has %d characters; at most %d are possible", n, maxPhrase)
		}
	}
	return ""
}
