package roles

import (
	"context"
	"strconv"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/plainjson"
)

// The calls of the history service, beside bus.StoredState.
var (
	HistoryPage         = bus.Endpoint[PageRequest, PageReply]{Name: "history.page"} // never with internal events
	HistoryPageInternal = bus.Endpoint[PageRequest, PageReply]{Name: "history.page-notes"}

	HistoryFind  = bus.Endpoint[FindRequest, FindReply]{Name: "history.find"}
	HistoryChats = bus.Endpoint[ChatsRequest, ChatsReply]{Name: "history.chats"}

	// HistoryWalk walks through all that is in the store, notes too.
	HistoryWalk = bus.Endpoint[WalkRequest, WalkReply]{Name: "history.walk"}

	// HistoryImport stores what another region has of its chats. It may be repeated.
	HistoryImport = bus.Endpoint[ImportRequest, ImportReply]{Name: "history.import"}
)

// AskPage asks for a page of the events that the reader may see. Pages with internal
// events have a call of their own, which NATS does not permit everybody.
func AskPage(ctx context.Context, c *bus.Conn, reader chat.Role, req PageRequest) (PageReply, error) {
	if req.Internal = reader.SeesInternal(); req.Internal {
		return bus.Ask(ctx, c, HistoryPageInternal, req)
	}
	return bus.Ask(ctx, c, HistoryPage, req)
}

// PageRequest asks for the last Limit (1 to 200) events of a chat before Before
// (exclusive; 0: no bound). Known is the sequence of an event of the chat that
// the caller knows (0: none): a replica that does not know it does not answer.
type PageRequest struct {
	Chat     chat.ID `json:"chat"`
	Before   uint64  `json:"before,omitempty"`
	Limit    int     `json:"limit"`
	Internal bool    `json:"notes,omitempty"` // see AskPage
	Known    uint64  `json:"known,omitempty"`
}

// PageReply holds everything that the stream had acknowledged when the page was
// asked for. Prev is the sequence of the event before the first one (0: none).
type PageReply struct {
	Events []chat.Event `json:"events"`
	Prev   uint64       `json:"prev"`
}

// AppendJSON appends the page as json.Marshal has it, or returns false if a time is outside
// of what JSON can express. Pages are the largest answers by far: without reflection, they
// are written and read in a fraction of the time.
func (p PageReply) AppendJSON(b []byte) (_ []byte, ok bool) {
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
	return append(strconv.AppendUint(append(b, `],"prev":`...), p.Prev, 10), '}'), ok
}

// ReadPlain reads a page as AppendJSON wrote it; r fails if it is written otherwise.
func (p *PageReply) ReadPlain(r *plainjson.Reader) {
	r.Open()
	for r.Next() {
		switch string(r.Key) {
		case "events":
			p.Events = make([]chat.Event, 0, usualPage)
			r.OpenList()
			for r.More() {
				p.Events = append(p.Events, chat.Event{})
				p.Events[len(p.Events)-1].ReadPlain(r)
			}
		case "prev":
			p.Prev = r.Uint()
		default:
			r.Fail()
		}
	}
}

// usualPage is how many events most pages have at most.
const usualPage = 50

// FindRequest asks whether a visitor's message with this client id is stored,
// in the store or still only in the stream; or, of an agent's call, in the store.
type FindRequest struct {
	Chat chat.ID `json:"chat"`
	ID   string  `json:"id"`
	By   string  `json:"by,omitempty"` // the agent's account; empty: a visitor
}

// AlongSuffix ends the id of the note that goes along with an agent's call.
const AlongSuffix = "+note"

// FindReply has Seq 0 if it is not. Read is about how many bytes of the chat had to be
// read for the answer.
type FindReply struct {
	Seq  uint64 `json:"seq"`
	Read int    `json:"read,omitempty"`
}

// ChatsRequest asks for chats, the most recently active first.
type ChatsRequest struct {
	Before time.Time `json:"before,omitzero"` // exclusive
	Limit  int       `json:"limit"`           // 1 to 200
	// Of is the region whose chats are listed; empty: the one that is asked.
	Of chat.Region `json:"of,omitempty"`
}

// MaxImport is how many events may be imported at once.
const MaxImport = 200

// ImportRequest has events of chats that are, or were, at home in another region, with their
// sequences there.
type ImportRequest struct {
	Events []chat.Event `json:"events"`
	// Own says that they are of this region, of an export that is taken over: the streams begin above
	// their sequences.
	Own bool `json:"own,omitempty"`
}

// ImportReply says that all of them are stored.
type ImportReply struct{}

// ChatsReply is a part of the list of all chats.
type ChatsReply struct {
	Chats []ChatSummary `json:"chats"`
	More  bool          `json:"more"`
}

// ChatSummary is a chat in a list.
type ChatSummary struct {
	Chat   chat.ID     `json:"chat"`
	Name   string      `json:"name"`
	Status chat.Status `json:"status"`
	Agent  string      `json:"agent,omitempty"`
	Seq    uint64      `json:"seq"`
	At     time.Time   `json:"at"`
	Text   string      `json:"text,omitempty"`
	Tags   []string    `json:"tags,omitempty"`
	Team   string      `json:"team,omitempty"`
}

// HistoryFile asks for a part of a file from the file store of its chat's home. It is refused with
// codes.NotFound if the file is not there: then it may still be in FILES, or it was never named.
var HistoryFile = bus.Endpoint[FileRequest, FileReply]{Name: "history.file"}

// MaxFilePart is how many bytes are answered with at most.
const MaxFilePart = 256 << 10

// FileRequest asks for bytes of a file, or of the small picture of it.
type FileRequest struct {
	Chat  chat.ID `json:"chat"`
	ID    string  `json:"id"`
	Thumb bool    `json:"thumb,omitempty"`
	// Offset and Length are cut to what there is; a Length of 0 asks for the description alone.
	Offset int64 `json:"offset,omitempty"`
	Length int   `json:"length,omitempty"`
}

// FileReply has a part of a file and describes all of it, as bus.FileObject does.
type FileReply struct {
	Internal bool   `json:"internal,omitempty"` // only agents may have it
	Name     string `json:"name,omitempty"`
	Type     string `json:"type"`
	Size     int64  `json:"size"` // of all of it
	Hash     string `json:"hash"` // of all of it
	Width    int    `json:"width,omitempty"`
	Height   int    `json:"height,omitempty"`
	Data     []byte `json:"data,omitempty"`
}
