package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/moving"
	"github.com/parley-chat/parley/pkg/roles"
)

// room is how far above the highest sequence of an export the streams go on.
const room = 1_000_000

// batch is how many events are handed to the store at once.
const batch = roles.MaxImport

// importKey is where an import notes which export it takes over, in SettingsBucket.
const importKey = "import"

// taken is that mark.
type taken struct {
	Began time.Time `json:"began"` // of the export
	Parts int       `json:"parts"` // that were taken over whole
	Done  bool      `json:"done,omitempty"`
}

// NotEmptyError refuses to read an export into a Parley that has chats of its own.
type NotEmptyError struct{}

// Error says what to do.
func (NotEmptyError) Error() string {
	return "there are chats already: an export can only be taken over by a Parley in which nobody has said anything yet"
}

// Reader takes an export over. History workers must run, and nobody should chat before it is done.
type Reader struct {
	Conn   *bus.Conn
	Folder string
	// Said, if not nil, is told after each part how many were taken over.
	Said func(parts, of int)
}

// Read takes the folder over: all events have the ids, the sequences and the times that they had, and
// what is said from then on follows them. Everything is checked before anything is written. One that
// was cut goes on where it ended when it is called again.
func (r *Reader) Read(ctx context.Context) (Manifest, error) {
	m, err := Load(r.Folder)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("there is no export in %s", r.Folder)
	}
	if err != nil {
		return m, err
	}
	if m.Region != r.Conn.Region() {
		return m, fmt.Errorf("these are chats of the region %q, and this is %q: set REGION as it was", m.Region, r.Conn.Region())
	}
	if err := m.Check(r.Folder); err != nil {
		return m, err
	}
	settings, err := bus.OpenBucket[taken](ctx, r.Conn, bus.SettingsBucket)
	if err != nil {
		return m, err
	}
	mark, _, err := settings.Get(ctx, importKey)
	switch {
	case errors.Is(err, bus.ErrNotFound):
		if list, err := bus.Ask(ctx, r.Conn, roles.HistoryChats, roles.ChatsRequest{Limit: 1}); err != nil {
			return m, fmt.Errorf("look whether the store is empty: %w", err)
		} else if len(list.Chats) > 0 {
			return m, NotEmptyError{}
		}
		above := make([]uint64, len(m.Highest))
		for n, seq := range m.Highest {
			above[n] = seq + room
		}
		if err := r.Conn.GoOnAbove(ctx, above); errors.Is(err, bus.ErrNotEmpty) {
			return m, NotEmptyError{}
		} else if err != nil {
			return m, err
		}
		mark = taken{Began: m.Began}
	case err != nil:
		return m, err
	case !mark.Began.Equal(m.Began):
		return m, errors.New("another export was taken over here before")
	case mark.Done:
		return m, nil
	}
	for ; mark.Parts < len(m.Parts); mark.Parts++ {
		if err := settings.Put(ctx, importKey, mark); err != nil {
			return m, err
		}
		if err := r.part(ctx, m.Parts[mark.Parts]); err != nil {
			return m, err
		}
		if r.Said != nil {
			r.Said(mark.Parts+1, len(m.Parts))
		}
	}
	mark.Done = true
	return m, settings.Put(ctx, importKey, mark)
}

// part takes one part over.
func (r *Reader) part(ctx context.Context, p Part) error {
	g, one := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	var events []chat.Event
	var files []fileRecord
	give := func() {
		give, beside := events, files
		events, files = make([]chat.Event, 0, batch), nil
		g.Go(func() error {
			for _, f := range beside {
				if err := r.file(one, f); err != nil {
					return err
				}
			}
			return moving.Restore(one, r.Conn, give)
		})
	}
	err := readPart(r.Folder, p, func(line record) error {
		switch {
		case line.File != nil:
			files = append(files, *line.File)
		case line.Event != nil:
			if events = append(events, *line.Event); len(events) == batch {
				give()
			}
		case line.Entry != nil:
			return r.entry(one, *line.Entry)
		default:
			return fmt.Errorf("the part %s has a record that this version does not know", p.Name)
		}
		return one.Err()
	})
	give()
	return errors.Join(g.Wait(), err)
}

// file puts a file into FILES, from where the history worker takes it with the event that names it.
func (r *Reader) file(ctx context.Context, f fileRecord) error {
	files, err := r.Conn.OpenFiles(ctx)
	if err != nil {
		return err
	}
	content, err := openStored(r.Folder, f)
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	o := f.As
	o.FileKey = bus.FileKey{Chat: f.Chat, ID: f.ID, Thumb: f.Thumb}
	if _, err = files.Put(ctx, o, content); err != nil {
		return fmt.Errorf("take over file %s of chat %s: %w", f.ID, f.Chat, err)
	}
	return nil
}

// entry writes an entry into its bucket, whatever is there: an empty Parley has made up a key of its
// own, and an account that nobody has used.
func (r *Reader) entry(ctx context.Context, e entry) error {
	for _, known := range buckets {
		if e.Bucket != known || e.Bucket == bus.SettingsBucket && e.Key == importKey {
			continue
		}
		bucket, err := bus.OpenBucket[json.RawMessage](ctx, r.Conn, e.Bucket)
		if err != nil {
			return err
		}
		return bucket.Put(ctx, e.Key, e.Value)
	}
	return nil
}
