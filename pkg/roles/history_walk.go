package roles

import (
	"strconv"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/plainjson"
)

// WalkRequest asks for the next events of all chats that are in the store. After is WalkReply.Next
// of what came before; empty: the beginning.
type WalkRequest struct {
	After string `json:"after,omitempty"`
}

// WalkReply has as many events as fit into an answer, chat by chat and in the order of their
// sequences, as store.Events promises. Next is empty at the end.
type WalkReply struct {
	Events []chat.Event `json:"events"`
	Next   string       `json:"next,omitempty"`
}

// AppendJSON appends the reply as json.Marshal has it, or returns false if a time is outside of
// what JSON can express.
func (p WalkReply) AppendJSON(b []byte) (_ []byte, ok bool) {
	if p.Events == nil {
		return nil, false
	}
	b, ok = append(b, `{"events":[`...), true
	for i := range p.Events {
		if i > 0 {
			b = append(b, ',')
		}
		var fine bool
		b, fine = p.Events[i].AppendJSON(b)
		ok = ok && fine
	}
	b = append(b, ']')
	if p.Next != "" {
		b = strconv.AppendQuote(append(b, `,"next":`...), p.Next)
	}
	return append(b, '}'), ok
}

// ReadPlain reads a reply as AppendJSON wrote it; r fails if it is written otherwise.
func (p *WalkReply) ReadPlain(r *plainjson.Reader) {
	r.Open()
	for r.Next() {
		switch string(r.Key) {
		case "events":
			p.Events = make([]chat.Event, 0, 512)
			r.OpenList()
			for r.More() {
				p.Events = append(p.Events, chat.Event{})
				p.Events[len(p.Events)-1].ReadPlain(r)
			}
		case "next":
			p.Next = r.String()
		default:
			r.Fail()
		}
	}
}
