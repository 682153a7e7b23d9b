package config

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/parley-chat/parley/pkg/chat"
)

// region says what is wrong with the name of a region; none is needed where there is one only.
func region(name string) string {
	if _, err := chat.ParseRegion(name); name != "" && err != nil {
		return err.Error()
	}
	return ""
}

// botName says what is wrong with the bot's name, which people read at each of its replies.
// Joiners are allowed: emoji and some scripts need them.
func botName(name string) string {
	const joiners = "\u200c\u200d"
	unseen := func(r rune) bool { return unicode.Is(unicode.Cf, r) && !strings.ContainsRune(joiners, r) }
	seen := func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.IsMark(r) }
	switch n := len([]rune(name)); {
	case n > 64 || strings.TrimSpace(name) == "":
		return fmt.Sprintf("it has %d characters; a name has 1 to 64, not all of them spaces", n)
	case strings.ContainsFunc(name, unseen) || chat.Clean(name) != name:
		return "it holds a character that can't be seen, such as one that turns the direction of the text; type it anew"
	case !strings.ContainsFunc(name, seen):
		return "nothing in it can be seen"
	}
	return ""
}
