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

// A chat has one sequence, so its notes are in the stream that the bot must be able
// to read. The texts of sealed kinds (see chat.Kind) are encrypted there, with a key
// that the bot's user on NATS can't read: see docs/decisions/0018. The author, the
// time and the length are not hidden.

// sealedEvent is a sealed event as its stream holds it: without its text, which is in
// the box. Notes of the oldest versions have the text and no box.
type sealedEvent struct {
	chat.Event
	Sealed *box `json:"sealed,omitempty"`
}

// box is AES-256-GCM with a random nonce before the sealed text.
type box struct {
	Key  string `json:"key"` // its name in KeysBucket
	Text []byte `json:"text"`
}

// errNoKey: the event's key is gone, or is not the one it was sealed with.
var errNoKey = errors.New("the note can't be opened with the keys that are there")

// unopened is what people read instead of the text of such an event.
const unopened = "[This note can’t be opened: its key is gone.]"

// sealKeys is the prefix of the keys in KeysBucket. What follows it is random, so that
// a name never stands for another key. The newest key seals, all keys open.
const sealKeys = "notes."

// sealKeyLength is that of AES-256.
const sealKeyLength = 32

type sealKey struct {
	Key []byte `json:"key"`
}

// sealer seals texts and opens them again. A key never changes under its name, so
// keys that were used are kept.
type sealer struct {
	conn *Conn
	mu   sync.Mutex // guards keys
	keys map[string]cipher.AEAD
}

// bound is what a sealed text is bound to: it does not open in another chat, for
// another author or in another event.
func bound(e chat.Event) []byte {
	return []byte(strings.Join([]string{string(e.Chat), string(e.From.Role), e.From.User, e.ID}, "\n"))
}

// encode is Event.Encode, with the text sealed where the kind is.
func (s *sealer) encode(ctx context.Context, e chat.Event) ([]byte, error) {
	if !e.Kind.Sealed() {
		return e.Encode()
	}
	name, key, err := s.newest(ctx)
	if err != nil {
		return nil, fmt.Errorf("seal a %s: %w", e.Kind, err)
	}
	sealed := &box{Key: name, Text: key.Seal(nil, nil, []byte(e.Text), bound(e))}
	e.Text, e.Chat, e.Seq, e.At = "", "", 0, time.Time{} // the rest is as Event.Encode has it
	data, err := json.Marshal(sealedEvent{Event: e, Sealed: sealed})
	if err != nil {
		return nil, fmt.Errorf("encode a %s: %w", e.Kind, err)
	}
	return data, nil
}

// opened returns the event that was decoded from data, with its text if its kind is
// sealed. It fails with errNoKey, or as a read of the keys does.
func (s *sealer) opened(ctx context.Context, e chat.Event, data []byte) (chat.Event, error) {
	if !e.Kind.Sealed() {
		return e, nil
	}
	var sealed struct {
		Sealed *box `json:"sealed"`
	}
	if err := json.Unmarshal(data, &sealed); err != nil {
		return e, fmt.Errorf("open event %d of chat %s: %w", e.Seq, e.Chat, err)
	}
	if sealed.Sealed == nil {
		return e, nil
	}
	key, err := s.named(ctx, sealed.Sealed.Key)
	if errors.Is(err, ErrNotFound) {
		err = fmt.Errorf("%w: there is no key %s", errNoKey, sealed.Sealed.Key)
	}
	if err != nil {
		return e, fmt.Errorf("open event %d of chat %s: %w", e.Seq, e.Chat, err)
	}
	text, err := key.Open(nil, nil, sealed.Sealed.Text, bound(e))
	if err != nil {
		return e, fmt.Errorf("open event %d of chat %s: %w: it is not the key %s", e.Seq, e.Chat, errNoKey, sealed.Sealed.Key)
	}
	e.Text = string(text)
	return e, nil
}

// readable is opened for people: an event whose key is gone says so.
func (s *sealer) readable(ctx context.Context, e chat.Event, data []byte) (chat.Event, error) {
	e, err := s.opened(ctx, e, data)
	if errors.Is(err, errNoKey) {
		s.conn.calls.Line("sealed", s.conn.log.Error()).Err(err).Msg("a sealed event can't be shown")
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
	if !strings.HasPrefix(name, sealKeys) || strings.ContainsAny(name, "*> \t\r\n") {
		return nil, ErrNotFound // never use it as a filter
	}
	// From the leader: a lagging copy may not have a key yet that was just made.
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
		if err := s.conn.RenewSealKey(ctx); err != nil {
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

// last returns the newest key that was not deleted, or ErrNotFound. It is read for
// each sealed event, so that a new key is used at once: people write few notes.
func (s *sealer) last(ctx context.Context) (name string, data []byte, err error) {
	for next := uint64(1); ; {
		m, err := s.conn.leaderMessage(ctx, keyStream, getRequest{Seq: next, NextFor: keySubject(sealKeys + "*")})
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

// prepareTime is how long reading keys may hold up what does not need them: opening a
// chat, the live feed of other chats, a batch of all kinds of events.
const prepareTime = 500 * time.Millisecond

// prepare reads the newest key if none is known, so that the first sealed event need
// not wait for it among the events of other chats. If that fails, the event asks again.
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

// missing turns "there is no bucket" into "there is no key".
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
	var k sealKey
	if err := json.Unmarshal(data, &k); err != nil || len(k.Key) != sealKeyLength {
		return nil, fmt.Errorf("%w: the key %s in bucket %s is not a key", errNoKey, name, KeysBucket)
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

// RenewSealKey makes a new key, which seals from now on. The older ones stay, to open
// what they sealed.
func (c *Conn) RenewSealKey(ctx context.Context) error {
	keys, err := OpenBucket[sealKey](ctx, c, KeysBucket)
	if err != nil {
		return err
	}
	key := sealKey{Key: make([]byte, sealKeyLength)}
	_, _ = rand.Read(key.Key) // never fails: crypto/rand ends the process instead
	if _, err := keys.Create(ctx, sealKeys+strings.ToLower(rand.Text()), key); err != nil {
		return fmt.Errorf("make a key that seals notes (if this role may not, run parley setup): %w", err)
	}
	return nil
}

// ensureSealKey makes the first key if there is none.
func (c *Conn) ensureSealKey(ctx context.Context) error {
	_, _, err := c.sealer.last(ctx)
	if errors.Is(err, ErrNotFound) {
		return c.RenewSealKey(ctx)
	}
	return err
}

const keyStream = "KV_" + KeysBucket
