package answer

import (
	"strings"
	"testing"
)

// The bot has its name everywhere, and still says what it is.
func TestTheBotIntroducesItselfByItsName(t *testing.T) {
	th := FromKnowledge(shop(t))
	for name, want := range map[string]string{
		"": "I am a bot. ", "Lumi": "I am Lumi, a bot. ", "Parley bot": "I am Parley bot. ", "ShopBot 3000": "I am ShopBot 3000. ", "Chatbot": "I am Chatbot. ",
		`*Lumi* <b>"the" _one_</b>`: `I am \*Lumi\* \<b\>"the" \_one\_\</b\>, a bot. `, "מאיה": "I am מאיה, a bot. ", "👩‍💻 Ada": "I am 👩‍💻 Ada, a bot. ",
		strings.Repeat("Long ", 12) + "name": "I am " + strings.Repeat("Long ", 12) + "name, a bot. ", "Talbot": "I am Talbot, a bot. ",
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
