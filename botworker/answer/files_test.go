package answer

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/parley-chat/parley/botworker/language"
	"github.com/parley-chat/parley/pkg/chat"
)

// Files alone are answered kindly, in the language of what was said before, by a bot with a
// model and by one without; and a person is offered, who can look at them.
func TestFilesAloneAreNotLookedAtAndAPersonIsOffered(t *testing.T) {
	withModel, requests, _ := model(t, stream(`{"choices":[{"index":0,"delta":{"content":"Within 30 days."}}]}`))
	sent := &chat.Parts{Files: []chat.File{{ID: strings.Repeat("a", chat.FileIDLength), Name: "cup.png", Type: "image/png", Size: 1, Hash: "h"}}}
	for name, th := range map[string]Thinker{"from pages": FromKnowledge(shop(t)), "with a model": withModel} {
		for said, want := range map[string]string{"": english.files, "Wie lange muss ich auf mein Paket warten?": spoken[language.German].files} {
			q := Question{Inputs: []chat.Event{{Kind: chat.Message, Parts: sent}}, Before: []chat.Event{{Kind: chat.Message, Text: said}}}
			a, err := th.Think(context.Background(), q, &shown{})
			if err != nil || a.Text != want || a.Handover || !a.Aside || !reflect.DeepEqual(a.Parts, offersPerson) {
				t.Errorf("%s, after %q: %+v, %v", name, said, a, err)
			}
		}
		q := messages("how long can I return shoes?")
		without, err := th.Think(context.Background(), q, &shown{})
		if err != nil {
			t.Fatal(err)
		}
		q.Inputs[0].Parts = sent
		with, err := th.Think(context.Background(), q, &shown{})
		if err != nil || with.Text != without.Text || !strings.Contains(with.Text, "30 days") {
			t.Errorf("%s: with a file and words: %q, %v; without: %q", name, with.Text, err, without.Text)
		}
	}
	if len(*requests) != 2 {
		t.Errorf("the model was asked %d times: it can say nothing of files that it does not see", len(*requests))
	}
	for code, say := range spoken {
		if clean, err := chat.CleanText(say.files); err != nil || clean != say.files {
			t.Errorf("%s: %q, %v", code, say.files, err)
		}
	}
}
