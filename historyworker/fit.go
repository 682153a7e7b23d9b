package historyworker

import (
	"encoding/json"
	"fmt"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// maxBytes is how large a page may be as JSON. A NATS message has one megabyte at most,
// and a page of 200 of the longest texts would have five.
const maxBytes = 512 << 10

// fit drops from the start of the page what is too much for one answer: the page is
// then shorter than requested, and Prev shows that there is more.
func fit(p roles.PageReply) (roles.PageReply, error) {
	left := maxBytes
	for i := len(p.Events) - 1; i >= 0; i-- {
		size, err := sizeOf(&p.Events[i])
		if err != nil {
			return roles.PageReply{}, err
		}
		if left -= size; left < 0 && i < len(p.Events)-1 {
			return roles.PageReply{Events: p.Events[i+1:], Prev: p.Events[i].Seq}, nil
		}
	}
	return p, nil
}

// sizeOf returns the length of the event as JSON, or an upper bound if that is so small
// that a whole page of such events fits.
func sizeOf(e *chat.Event) (int, error) {
	const small = maxBytes / maxPage
	if bound := boundOf(e); bound <= small {
		return bound, nil
	}
	b, err := json.Marshal(e)
	if err != nil {
		return 0, fmt.Errorf("encode event %d of chat %s: %w", e.Seq, e.Chat, err)
	}
	return len(b) + 1, nil
}

// boundOf returns a length that the event as JSON does not exceed. JSON escapes a byte to six
// at most; names of fields, numbers and times are short.
func boundOf(e *chat.Event) int {
	words := len(e.Chat) + len(e.Kind) + len(e.ID) + len(e.From.Role) + len(e.From.Name) + len(e.From.User) + len(e.Text) + len(e.Request) + len(e.Reason)
	rest := 512
	if s := e.State; s != nil {
		words += len(s.Status) + len(s.Visitor) + len(s.Source)
		rest += 512
		if s.Agent != nil {
			words += len(s.Agent.User) + len(s.Agent.Name)
		}
	}
	return 6*words + rest
}
