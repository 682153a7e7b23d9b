package answer

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/chat"
)

func TestAnAnswerThatWasCutOffEndsWell(t *testing.T) {
	more := "\n\n" + english.more
	for text, want := range map[string]string{
		"This answer is cut in the mid":                                    "This answer is cut in the…" + more,
		"It takes two days if it is sent. It costs 4.50 € and t":           "It takes two days if it is sent." + more,
		"Yes. And here is all the rest of it, which is much l":             "Yes. And here is all the rest of it, which is much…" + more,
		"**It is done, and all is well.** And":                             "**It is done, and all is well.**" + more,
		"It is done.":                                                      "It is done." + more,
		"Do this:\n\n1. Open the menu\n2. Press Ok":                        "Do this:\n\n1. Open the menu" + more,
		"Do this:\n\n1. Open the menu\n2.":                                 "Do this:\n\n1. Open the menu" + more,
		"Run this in the shell:\n\n```\nparley setup\nparley se":           "Run this in the shell:\n\n```\nparley setup\n```" + more,
		"| Plan | Price |\n| --- | --- |\n| Basic | 5 € |\n| Pr":           "| Plan | Price |\n| --- | --- |\n| Basic | 5 € |" + more,
		"请先打开菜单，然后点击“设置”。接下来选":                                             "请先打开菜单，然后点击“设置”。\n\n…",
		"Откройте меню и выберите пункт. Затем наж":                        "Откройте меню и выберите пункт.\n\n…",
		"Sie können das Paket in der Filiale abholen. Die Filiale ist bis": "Sie können das Paket in der Filiale abholen.\n\nDazu gibt es noch mehr zu sagen: Fragen Sie einfach weiter.",
		"Unbrokenwordwithoutanyspaceinitatall":                             "Unbrokenwordwithoutanyspaceinitatall…" + more,
	} {
		if got := cutShort(text); got != want {
			t.Errorf("%q became\n%q, want\n%q", text, got, want)
		}
	}
	for _, text := range []string{strings.Repeat("word ", 799) + "w", strings.Repeat("字", 4000), strings.Repeat("a", 3999), strings.Repeat("😀", 4000)} {
		got := cutShort(text)
		if clean, err := chat.CleanText(got); err != nil || clean != got || utf8.RuneCountInString(got) > chat.MaxText {
			t.Errorf("can't be sent: %d characters, %v", utf8.RuneCountInString(got), err)
		}
		if !strings.HasSuffix(got, english.more) && !strings.HasSuffix(got, "\n\n…") {
			t.Errorf("does not say that there is more: …%s", got[len(got)-40:])
		}
	}
}
