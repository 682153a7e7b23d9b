package live

import (
	"slices"
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
)

// The events that are shown first mostly tell the card, without any read.
func TestWhatIsShownFirstTellsTheCard(t *testing.T) {
	said := chat.Event{Seq: 1, Kind: chat.Message}
	tagged := func(seq uint64, tags ...string) chat.Event {
		return chat.Event{Seq: seq, Kind: chat.CardChange, Parts: &chat.Parts{Card: &chat.Card{Tags: tags}}}
	}
	for name, c := range map[string]struct {
		at    StartPosition
		known bool
		tags  []string
	}{
		"the last change counts":     {StartPosition{events: []chat.Event{said, tagged(2, "a"), tagged(3, "a", "b"), said}}, true, []string{"a", "b"}},
		"also where there are more":  {StartPosition{events: []chat.Event{tagged(9, "a")}, prev: 8}, true, []string{"a"}},
		"all is there, and no card":  {StartPosition{events: []chat.Event{said}}, true, nil},
		"there are earlier ones":     {StartPosition{events: []chat.Event{said}, prev: 1}, false, nil},
		"there are later ones":       {StartPosition{events: []chat.Event{said}, more: true}, false, nil},
		"nothing is new to a viewer": {StartPosition{Last: 7}, false, nil},
	} {
		card := c.at.Card()
		if (card != nil) != c.known || card != nil && !slices.Equal(card.Tags, c.tags) {
			t.Errorf("%s: %+v", name, card)
		}
	}
}
