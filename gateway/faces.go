package gateway

import (
	"context"
	"time"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/settings"
)

// How a new face goes to the open pages: so many at once, then a pause. 10,000 pages have it
// within a second, and no other frame waits for more than a hundred of them.
const (
	facesAtOnce = 100
	facesPause  = 10 * time.Millisecond
)

// faces tells the visitors' open pages what admins changed. One pass is under way at a time;
// what changes meanwhile is told by the next, so that no page ends with an older face.
type faces struct {
	due chan struct{} // holds one token if there is something to tell
}

func newFaces() faces { return faces{due: make(chan struct{}, 1)} }

// changed says that there is something to tell. It does not block.
func (f faces) changed() {
	select {
	case f.due <- struct{}{}:
	default:
	}
}

// run tells each change until the context ends: to the sockets that all returns, which are
// those of visitors. Whoever says hello later is told the revision by the welcome.
func (f faces) run(ctx context.Context, site *settings.Site, all func() []sender) error {
	told := site.Revision() // pages that come from now on have it
	for {
		select {
		case <-f.due:
		case <-ctx.Done():
			return nil
		}
		face := site.Face()
		if face.Revision == told {
			continue // the bucket was read again
		}
		told = face.Revision
		body := frame.Encode(frame.Face{T: "face", Face: face})
		inBatches(ctx, all(), func(to sender) { to.Send(body) })
	}
}

// sender is a socket, as far as a pass needs it.
type sender interface{ Send(frame []byte) }

// inBatches calls a function for each of many, a batch at once, with a pause between two.
func inBatches[T any](ctx context.Context, many []T, each func(T)) {
	pause := time.NewTicker(facesPause)
	defer pause.Stop()
	for i, one := range many {
		if i > 0 && i%facesAtOnce == 0 {
			select {
			case <-pause.C:
			case <-ctx.Done():
				return
			}
		}
		each(one)
	}
}

// sayMacros tells the consoles of an agent, or all, that quick replies or macros changed.
func (g *Gateway) sayMacros(owner string) { g.board.Say(owner, frame.Macros{T: "macros"}) }
