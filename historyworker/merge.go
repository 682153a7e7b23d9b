package historyworker

import (
	"slices"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/store"
)

// sender identifies what a client sent: a role sends one event per client id.
type sender struct {
	role chat.Role
	id   string
}

// merge returns the last limit events before a sequence, from the store and the stream
// together. stored is the store's page for the same request, tail what the stream has
// of the chat beyond it; both ascend and may overlap.
//
// Of several events with the same client id and role, the one in the store counts, else
// the first: that one will be stored. inStore returns the sequence that the store has
// for an event's client id, 0 if none. It is called only for events of the tail that
// are in the page and not in the store's page.
func merge(stored store.Page, tail []chat.Event, before uint64, limit int, inStore func(chat.Event) (uint64, error)) (roles.PageReply, error) {
	first := map[sender]uint64{}
	for _, e := range slices.Backward(tail) {
		if e.ID != "" {
			first[sender{e.From.Role, e.ID}] = e.Seq
		}
	}
	tail = below(tail, before)
	reply := roles.PageReply{Events: make([]chat.Event, 0, limit)}
	// From the last event to the first, until there is one more than requested.
	for rest := stored.Events; ; {
		seq := stored.Prev // the store's next
		if len(rest) > 0 {
			seq = rest[len(rest)-1].Seq
		}
		if len(tail) > 0 && tail[len(tail)-1].Seq >= seq {
			e := tail[len(tail)-1]
			tail = tail[:len(tail)-1]
			if e.Seq == seq {
				continue // the store's copy counts
			}
			counts, err := isTheOne(e, first, inStore)
			switch {
			case err != nil:
				return roles.PageReply{}, err
			case !counts:
				continue
			case len(reply.Events) < limit:
				reply.Events = append(reply.Events, e)
				continue
			}
			seq = e.Seq
		}
		if len(reply.Events) == limit || len(rest) == 0 {
			reply.Prev = seq // 0 if there is nothing before the page
			slices.Reverse(reply.Events)
			return reply, nil
		}
		reply.Events = append(reply.Events, rest[len(rest)-1])
		rest = rest[:len(rest)-1]
	}
}

// below returns the events before a sequence.
func below(events []chat.Event, before uint64) []chat.Event {
	for len(events) > 0 && events[len(events)-1].Seq >= before {
		events = events[:len(events)-1]
	}
	return events
}

// isTheOne reports whether an event of the tail is the one that counts for its client
// id.
func isTheOne(e chat.Event, first map[sender]uint64, inStore func(chat.Event) (uint64, error)) (bool, error) {
	if e.ID == "" {
		return true, nil
	}
	seq, err := inStore(e)
	if err != nil {
		return false, err
	}
	if seq == 0 {
		seq = first[sender{e.From.Role, e.ID}]
	}
	return e.Seq == seq, nil
}
