package bus

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/chat"
)

// A chat has one sequence, so its notes stand in the stream that the bot must be
// able to read. Their words are sealed there, with a key that the bot's user on
// NATS can't read: see docs/decisions/0018. Who wrote a note, when, and how long
// it is, is not hidden.

// sealedNote is a note as its stream holds it: without its text, which is in the
// box. Notes of older versions have the text and no box.
type sealedNote struct {
	chat.Event
	Sealed *box `json:"sealed,omitempty"`
}

// box is AES-256-GCM with a random nonce before the sealed text.
type box struct {
	Key  string `json:"key"` // its name in KeysBucket
	Text []byte `json:"text"`
}

// errNoKey: the note's key is no longer there, or is not the one it was sealed with.
var errNoKey = errors.New("the note can't be opened with the keys that are there")

// unopened stands where people would read the text of such a note.
const unopened = "[This note can’t be opened: its key is gone.]"

// noteKeys is the prefix of the keys of notes in KeysBucket; what follows is random,
// so that no name ever stands for another key. The newest seals, all open.
const noteKeys = "notes."

// noteKeyLength is that of AES-256.
const noteKeyLength = 32

type noteKey struct {
	Key []byte `json:"key"`
}

// sealer seals the texts of notes and opens them again. Keys never change under
// their names, so those that were used are kept.
type sealer struct {
	conn *Conn
	mu   sync.Mutex // guards keys
	keys map[string]cipher.AEAD
}

// bound is what a sealed text can't be taken away from: another chat, another
// author, another note.
func bound(e chat.Event) []byte {
	return []byte(strings.Join([]string{string(e.Chat), string(e.From.Role), e.From.User, e.ID}, "\n"))
}

// encode is Event.Encode, with the text sealed if it is a note's.
func (s *sealer) encode(ctx context.Context, e chat.Event) ([]byte, error) {
	if e.Kind != chat.Note {
		return e.Encode()
	}
	name, key, err := s.newest(ctx)
	if err != nil {
		return nil, fmt.Errorf("seal a note: %w", err)
	}
	sealed := &box{Key: name, Text: key.Seal(nil, nil, []byte(e.Text), bound(e))}
	e.Text, e.Chat, e.Seq, e.At = "", "", 0, time.Time{} // the rest is as Event.Encode has it
	data, err := json.Marshal(sealedNote{Event: e, Sealed: sealed})
	if err != nil {
		return nil, fmt.Errorf("encode a note: %w", err)
	}
	return data, nil
}

// opened returns the event that was decoded of data, with its text if that is a
// note's. It fails with errNoKey, or as a read of the keys does.
func (s *sealer) opened(ctx context.Context, e chat.Event, data []byte) (chat.Event, error) {
	if e.Kind != chat.Note {
		return e, nil
	}
	var sealed struct {
		Sealed *box `json:"sealed"`
	}
	if err := json.Unmarshal(data, &sealed); err != nil {
		return e, fmt.Errorf("open note %d of chat %s: %w", e.Seq, e.Chat, err)
	}
	if sealed.Sealed == nil {
		return e, nil
	}
	key, err := s.named(ctx, sealed.Sealed.Key)
	if errors.Is(err, ErrNotFound) {
		err = fmt.Errorf("%w: there is no key %s", errNoKey, sealed.Sealed.Key)
	}
	if err != nil {
		return e, fmt.Errorf("open note %d of chat %s: %w", e.Seq, e.Chat, err)
	}
	text, err := key.Open(nil, nil, sealed.Sealed.Text, bound(e))
	if err != nil {
		return e, fmt.Errorf("open note %d of chat %s: %w: it is not the key %s", e.Seq, e.Chat, errNoKey, sealed.Sealed.Key)
	}
	e.Text = string(text)
	return e, nil
}

// readable is opened for people: a note whose key is gone says so.
func (s *sealer) readable(ctx context.Context, e chat.Event, data []byte) (chat.Event, error) {
	e, err := s.opened(ctx, e, data)
	if errors.Is(err, errNoKey) {
		s.conn.calls.Line("note", s.conn.log.Error()).Err(err).Msg("a note can't be shown")
		e.Text, err = unopened, nil
	}
	return e, err
}

// named returns the key of that name, or ErrNotFound.
func (s *sealer) named(ctx context.Context, name string) (cipher.AEAD, error) {
	s.mu.Lock()
	key := s.keys[name]
	s.mu.Unlock()
	if key != nil {
		return key, nil
	}
	if !strings.HasPrefix(name, noteKeys) || strings.ContainsAny(name, "*> \t\r\n") {
		return nil, ErrNotFound // never to be a filter
	}
	// From the leader: a copy that lags may not have a key yet that was just made.
	m, err := s.conn.leaderMessage(ctx, keyStream, getRequest{LastFor: keySubject(name)})
	if err != nil {
		return nil, fmt.Errorf("read the key %s: %w", name, missing(err))
	}
	return s.keep(name, m.Data)
}

// newest returns the key that seals, and makes the first one.
func (s *sealer) newest(ctx context.Context) (string, cipher.AEAD, error) {
	name, data, err := s.last(ctx)
	if errors.Is(err, ErrNotFound) {
		if err := s.conn.RenewNoteKey(ctx); err != nil {
			return "", nil, err
		}
		name, data, err = s.last(ctx)
	}
	if err != nil {
		return "", nil, fmt.Errorf("look for the newest key: %w", err)
	}
	key, err := s.keep(name, data)
	return name, key, err
}

// last returns the newest key that was not deleted, or ErrNotFound. It is asked for
// with each note, so that a new key is used at once: people write few.
func (s *sealer) last(ctx context.Context) (name string, data []byte, err error) {
	for next := uint64(1); ; {
		m, err := s.conn.leaderMessage(ctx, keyStream, getRequest{Seq: next, NextFor: keySubject(noteKeys + "*")})
		switch err = missing(err); {
		case errors.Is(err, ErrNotFound) && name != "":
			return name, data, nil
		case err != nil:
			return "", nil, err
		case len(m.Data) > 0: // else it was deleted
			name, data = strings.TrimPrefix(m.Subject, string(keySubject(""))), m.Data
		}
		next = m.Seq + 1
	}
}

// prepareTime is how long reading keys may hold up what has no need of them: who
// opens a chat, the live feed of others, a batch of all kinds of events.
const prepareTime = 500 * time.Millisecond

// prepare reads the newest key where none is known, so that the first note need not
// wait for it among the events of other chats. Where it fails that note asks again.
func (s *sealer) prepare(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, prepareTime)
	defer cancel()
	s.mu.Lock()
	known := len(s.keys)
	s.mu.Unlock()
	if known > 0 {
		return
	}
	if name, data, err := s.last(ctx); err == nil {
		_, _ = s.keep(name, data)
	}
}

// missing says that a key is not there where the bucket isn't.
func missing(err error) error {
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return fmt.Errorf("%w (%w)", ErrNotFound, err)
	}
	return err
}

func (s *sealer) keep(name string, data []byte) (cipher.AEAD, error) {
	if len(data) == 0 { // deleted
		return nil, fmt.Errorf("read the key %s: %w", name, ErrNotFound)
	}
	var k noteKey
	if err := json.Unmarshal(data, &k); err != nil || len(k.Key) != noteKeyLength {
		return nil, fmt.Errorf("%w: the key %s in bucket %s is none", errNoKey, name, KeysBucket)
	}
	block, err := aes.NewCipher(k.Key)
	if err != nil {
		return nil, err
	}
	key, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys[name] = key
	return key, nil
}

// RenewNoteKey makes a new key, with which notes are sealed from now on. The older
// ones stay, to open what they sealed.
func (c *Conn) RenewNoteKey(ctx context.Context) error {
	keys, err := OpenBucket[noteKey](ctx, c, KeysBucket)
	if err != nil {
		return err
	}
	key := noteKey{Key: make([]byte, noteKeyLength)}
	_, _ = rand.Read(key.Key) // never fails: crypto/rand ends the process instead
	if _, err := keys.Create(ctx, noteKeys+strings.ToLower(rand.Text()), key); err != nil {
		return fmt.Errorf("make a key for notes (where this role may not, run parley setup): %w", err)
	}
	return nil
}

// ensureNoteKey makes the first key where there is none.
func (c *Conn) ensureNoteKey(ctx context.Context) error {
	_, _, err := c.notes.last(ctx)
	if errors.Is(err, ErrNotFound) {
		return c.RenewNoteKey(ctx)
	}
	return err
}

const keyStream = "KV_" + KeysBucket
