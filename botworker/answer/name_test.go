package answer

import (
	"strings"
	"testing"
)

// The bot has its name everywhere, and still says what it is.
func TestTheBotIntroducesItselfByItsName(t *testing.T) {
	th := FromKnowledge(shop(t))
	for name, want := range map[string]string{
		"": "I'm a bot. ", "Lumi": "I'm Lumi, a bot. ", "Parley bot": "I'm Parley bot. ", "ShopBot 3000": "I'm ShopBot 3000. ", "Chatbot": "I'm Chatbot. ",
		`*Lumi* <b>"the" _one_</b>`: `I'm \*Lumi\* \<b\>"the" \_one\_\</b\>, a bot. `, "מאיה": "I'm מאיה, a bot. ", "👩‍💻 Ada": "I'm 👩‍💻 Ada, a bot. ",
		strings.Repeat("Long ", 12) + "name": "I'm " + strings.Repeat("Long ", 12) + "name, a bot. ", "Talbot": "I'm Talbot, a bot. ",
	} {
		for _, text := range []string{"who are you?", "hello", "help", "what's your name?"} {
			q := messages(text)
			q.Bot = name
			if a := think(t, th, q); !strings.Contains(a.Text, want) {
				t.Errorf("%q, asked %q: %q", name, text, a.Text)
			}
		}
	}
}
