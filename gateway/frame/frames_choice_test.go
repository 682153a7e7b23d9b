package frame

import (
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
)

// A pressed choice comes with its id, which is bounded; of another frame it means nothing.
func TestAPressedChoiceIsNamed(t *testing.T) {
	for choice, ok := range map[string]bool{"": true, "p1": true, strings.Repeat("p", chat.MaxChoiceID): true, strings.Repeat("p", chat.MaxChoiceID+1): false, "p 1": false, "ü": false, "p\u0007": false} {
		f, err := Parse(Encode(map[string]any{"t": "send", "id": "m", "text": "Refunds", "choice": choice}))
		if err != nil || f.Choice != choice {
			t.Fatalf("%q: %+v, %v", choice, f, err)
		}
		if err := f.Check(); (err == nil) != ok {
			t.Errorf("%q: %v", choice, err)
		}
	}
	if f, err := Parse([]byte(`{"t":"escalate","id":"m","choice":"ü"}`)); err != nil || f.Check() != nil {
		t.Errorf("%+v, %v", f, err)
	}
}
