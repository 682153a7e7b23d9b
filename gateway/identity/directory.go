package identity

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/kvonce"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/outage"
)

// Options of a Directory.
type Options struct {
	Mode Mode
	// Regions has the connections to other regions; nil: there are none. The own region is the
	// home of the chats that begin here.
	Regions *bus.Regions
	// TokenKey is TOKEN_KEY: at least 32 bytes, or empty if the installation
	// generates its own. Signed needs it.
	TokenKey []byte
	// Issuer is TOKEN_ISSUER: what "iss" of the site's tokens must be. Empty: anything.
	Issuer string
	// MayMake is asked before a new visitor is admitted; its error is what Admit
	// returns. nil: new visitors are always admitted.
	MayMake func(context.Context) error
	// Written reports whether anything was ever said in a chat, for Revoke. nil: it was.
	Written func(context.Context, chat.ID) (bool, error)
	// Now is the clock; time.Now if it is nil.
	Now func() time.Time
	Log zerolog.Logger
}

// Visitor is a visitor who was admitted.
type Visitor struct {
	Chat chat.ID
	// Name is how the visitor is shown. If the name is the identity (Claim, Open) it
	// is as it was typed first, so that it does not change under an agent's eyes; with
	// Signed it is what the site says now.
	Name string
	// Token is for every hello from now on; empty with Open.
	Token string
	// Fresh says that the chat is new and has no events. With Signed and Open it is set
	// for one hello only: the one that created the chat.
	Fresh bool
	// Signed is what the site vouches for in the token that it signed: attributes, where the
	// visitor reads mail, the language. It is clean; nil: the site said nothing, or the token
	// is Parley's own.
	Signed *chat.CardEdit
	// Asked says that MayMake admitted the visitor as a new one. With Claim nothing is
	// recorded by a hello: if the chat has no events, the visitor is new.
	Asked bool
}

// record is what the bucket visitors holds about a visitor. With Claim none is made
// any more; those of earlier versions still open their chats, see claim.go.
type record struct {
	Chat    chat.ID   `json:"chat"`
	Name    string    `json:"name"`
	Claim   string    `json:"claim,omitempty"` // hex SHA-256 of the secret of the first claim
	Created time.Time `json:"created"`
	// Revoked says that the chat is closed to whoever claimed the name.
	Revoked bool `json:"revoked,omitempty"`
}

// visitorsBucket is what a Directory needs of the bucket visitors.
type visitorsBucket interface {
	kvonce.Bucket[record]
	// Update returns bus.ErrConflict if the value's revision is another one.
	Update(ctx context.Context, key string, value record, revision uint64) (uint64, error)
}

// Directory knows whose chat a hello opens. Its methods may be called concurrently.
type Directory struct {
	mode     Mode
	conn     *bus.Conn
	visitors visitorsBucket
	revoked  *bus.Bucket[revocation] // of the own region
	regions  *bus.Regions
	afar     sync.Map // *bus.Bucket[revocation] of another region, by its *bus.Conn
	mayMake  func(context.Context) error
	written  func(context.Context, chat.ID) (bool, error)
	own      []byte // signs our own tokens
	chats    []byte // derives chats from secrets
	source   []byte // hides addresses, see Source
	files    []byte // signs tickets of files
	grants   []byte // signs what opens files, see Grant
	site     []byte // TOKEN_KEY, which the embedding site signs with
	issuer   string
	now      func() time.Time
	log      zerolog.Logger
	refused  outage.Sampled // log lines about sites' tokens
}

// settingsKey names the signing key in the bucket settings.
const settingsKey = "visitor-token-key"

// New opens the bucket and gets the signing key. If the options can't be used, the
// error is a sentence for an operator.
func New(ctx context.Context, conn *bus.Conn, opts Options) (*Directory, error) {
	mode, err := ParseMode(string(opts.Mode))
	if err != nil {
		return nil, err
	}
	if err := CheckTokenKey(mode, opts.TokenKey); err != nil {
		return nil, err
	}
	d := &Directory{mode: mode, regions: opts.Regions, site: opts.TokenKey, issuer: opts.Issuer, conn: conn, mayMake: opts.MayMake, written: opts.Written, now: opts.Now, log: opts.Log, refused: outage.Sampled{Every: time.Minute}}
	if d.now == nil {
		d.now = time.Now
	}
	if d.regions == nil {
		d.regions = bus.NewRegions(conn, "")
	}
	if d.mayMake == nil {
		d.mayMake = func(context.Context) error { return nil }
	}
	if d.written == nil {
		d.written = func(context.Context, chat.ID) (bool, error) { return true, nil }
	}
	if d.visitors, err = bus.OpenBucket[record](ctx, conn, bus.VisitorsBucket); err != nil {
		return nil, err
	}
	if d.revoked, err = bus.OpenBucket[revocation](ctx, conn, bus.RevokedBucket); err != nil {
		return nil, err
	}
	key := opts.TokenKey
	if len(key) == 0 {
		if key, err = kvonce.Key(ctx, conn, settingsKey); err != nil {
			return nil, err
		}
	}
	if d.own, err = hkdf.Key(sha256.New, key, nil, "parley visitor token v1", sha256.Size); err != nil {
		return nil, fmt.Errorf("derive the key of visitors' tokens: %w", err)
	}
	if d.chats, err = hkdf.Key(sha256.New, key, nil, "parley chat of a secret v1", sha256.Size); err != nil {
		return nil, fmt.Errorf("derive the key of visitors' chats: %w", err)
	}
	if d.source, err = hkdf.Key(sha256.New, key, nil, "parley source v1", sha256.Size); err != nil {
		return nil, fmt.Errorf("derive the key of sources: %w", err)
	}
	if d.files, err = hkdf.Key(sha256.New, key, nil, "parley ticket of a file v1", sha256.Size); err != nil {
		return nil, fmt.Errorf("derive the key of files' tickets: %w", err)
	}
	if d.grants, err = hkdf.Key(sha256.New, key, nil, "parley grant of files v1", sha256.Size); err != nil {
		return nil, fmt.Errorf("derive the key of grants: %w", err)
	}
	if mode == Open {
		d.log.Warn().Msg("VISITOR_AUTH=open: whoever types a name reads that visitor's chat; this is for demos only")
	}
	return d, nil
}

// region is the home of new chats.
func (d *Directory) region() chat.Region { return d.regions.Home().Region() }

// Mode returns the mode that was chosen.
func (d *Directory) Mode() Mode { return d.mode }

// Admit returns the visitor whose chat a hello opens. The error is a *bus.Refusal
// (bad_name, bad_token), or wraps bus.ErrUnavailable, and the error of Options.MayMake
// if that refused. The same hello with the same token can be repeated: it opens the
// same chat.
func (d *Directory) Admit(ctx context.Context, name, token string) (Visitor, error) {
	var v Visitor
	var err error
	switch d.mode {
	case Signed:
		v, err = d.admitSigned(ctx, token)
	case Open:
		v, err = d.admitOpen(ctx, name)
	default:
		v, err = d.admitClaim(ctx, name, token)
	}
	return v, d.unavailable(err)
}

// Elsewhere returns the chat that a token of ours opens, if that is at home in another region;
// else an empty id. Nobody is asked: it says who will be once the token is used.
func (d *Directory) Elsewhere(token string) chat.ID {
	if len(d.regions.Elsewhere()) == 0 {
		return ""
	}
	own, err := d.readOwn(bareToken(token))
	if err != nil || d.regions.IsOwn(own.Chat) {
		return ""
	}
	return own.Chat
}

func (d *Directory) admitOpen(ctx context.Context, name string) (Visitor, error) {
	display, key, err := CleanName(name)
	if err != nil {
		return Visitor{}, err
	}
	// No token: it would prove nothing after the mode is changed to Claim.
	rec, fresh, err := d.find(ctx, key, record{Name: display})
	if err != nil {
		return Visitor{}, err
	}
	return Visitor{Chat: rec.Chat, Name: rec.Name, Fresh: fresh, Asked: fresh}, nil
}

// find returns the record under the key, and creates it with a new chat if there is
// none.
func (d *Directory) find(ctx context.Context, key string, fresh record) (record, bool, error) {
	rec, _, err := d.visitors.Get(ctx, key)
	switch {
	case err == nil:
		return rec, false, nil
	case !errors.Is(err, bus.ErrNotFound):
		return record{}, false, fmt.Errorf("find visitor: %w", err)
	}
	if err := d.mayMake(ctx); err != nil {
		return record{}, false, err
	}
	fresh.Chat, fresh.Created = chat.NewIDAt(d.region()), d.now().UTC()
	rec, made, err := kvonce.GetOrCreate(ctx, d.visitors, key, fresh, func(r record) bool { return r.Chat == fresh.Chat })
	if err != nil {
		return record{}, false, fmt.Errorf("find visitor: %w", err)
	}
	return rec, made, nil
}
