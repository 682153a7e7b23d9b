package export

import (
	"encoding/json"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// record is one line of a part: exactly one of its fields is set.
type record struct {
	Event *chat.Event `json:"event,omitempty"`
	File  *fileRecord `json:"file,omitempty"`
	Entry *entry      `json:"entry,omitempty"`
}

// fileRecord describes a file that an event names. Its bytes are in a file that has the name of
// the hash.
type fileRecord struct {
	Chat  chat.ID `json:"chat"`
	ID    string  `json:"id"`
	Thumb bool    `json:"small,omitempty"` // the small picture of it
	Size  int64   `json:"size"`
	Hash  string  `json:"hash"` // SHA-256 in base64url without padding, as in chat.File
	// As is what FILES says of it.
	As bus.FileObject `json:"as"`
}

// entry is a value of a bucket.
type entry struct {
	Bucket string          `json:"bucket"`
	Key    string          `json:"key"`
	Value  json.RawMessage `json:"value"`
}

// buckets are those that make a Parley what it is, beside its chats. The others are remade from the
// chats, or belong to processes that run.
var buckets = []string{bus.SettingsBucket, bus.SiteBucket, bus.AgentsBucket, bus.VisitorsBucket, bus.RevokedBucket, bus.DeskBucket, bus.MarksBucket, bus.AboutBucket}
