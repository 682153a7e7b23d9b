package check

import "github.com/parley-chat/parley/test/load/internal/history"

// fileOf identifies a file.
type fileOf struct{ chat, id string }

// attached checks that each file of a stored message could be fetched, byte for byte, when all had
// come to rest, that those of notes are for agents alone, and that none is left in NATS.
func (b *book) attached(c *chat) {
	if b.opts.Fetched == nil {
		return
	}
	for _, l := range c.lines {
		if !l.durable() {
			continue
		}
		for _, f := range history.ReadAttached(l.Files) {
			got := b.opts.Fetched[fileOf{c.id, f.ID}]
			show := func() []history.Entry { return evidence(b.ofEvent(c, l)) }
			switch {
			case got.Status != 200:
				b.found.add(FileLost, c.id, show, "the file %s of the %s %d can't be fetched: %d", f.ID, l.Kind, l.Seq, got.Status)
			case got.Hash != f.Hash || got.Size != f.Size:
				b.found.add(FileLost, c.id, show, "the file %s of the %s %d has %d bytes of %d, or others", f.ID, l.Kind, l.Seq, got.Size, f.Size)
			}
			if got.Public == 200 {
				b.found.add(FileShown, c.id, show, "the file %s of the %s %d is given to whoever asks", f.ID, l.Kind, l.Seq)
			}
			if got.Left {
				b.found.add(FileLeft, c.id, show, "the file %s of the %s %d is still in NATS, and everything is stored", f.ID, l.Kind, l.Seq)
			}
		}
	}
}

// readFetched returns what became of the files; nil if nobody looked.
func readFetched(dir string) (map[fileOf]history.Fetched, error) {
	all, err := optional[history.Fetched](dir, history.FetchedFile)
	if all == nil || err != nil {
		return nil, err
	}
	fetched := map[fileOf]history.Fetched{}
	for _, f := range all {
		fetched[fileOf{f.Chat, f.ID}] = f
	}
	return fetched, nil
}
