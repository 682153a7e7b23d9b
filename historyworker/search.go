package historyworker

import (
	"context"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// surelyRemembered is how young an event must be that need not be looked for: the stream
// recognizes its id by itself, and will for minutes after the answer.
const surelyRemembered = bus.DuplicateWindow / 2

// searched is what a search of the stream found.
type searched struct {
	seq   uint64 // 0: nothing
	bytes int    // about how much was read
	whole bool   // nothing that was searched for may have been purged
}

// search looks in the stream above a sequence for what the visitor sent under a client
// id. It reads part by part and no further than it must: anybody may ask for it, and
// the chat may be as long as they like.
func (w *Worker) search(ctx context.Context, req roles.FindRequest, after uint64) (searched, error) {
	found := searched{whole: true}
	for {
		part, err := w.conn.TailPart(ctx, req.Chat, after, chat.RoleVisitor)
		if err != nil {
			return searched{}, err
		}
		found.whole = found.whole && part.Whole
		for i := range part.Events {
			e := &part.Events[i]
			found.bytes += e.Size()
			if e.From.Role == chat.RoleVisitor && e.ID == req.ID {
				found.seq = e.Seq
				return found, nil
			}
			after = e.Seq
		}
		if n := len(part.Events); !part.More || n == 0 || time.Since(part.Events[n-1].At) < surelyRemembered {
			return found, nil
		}
	}
}
