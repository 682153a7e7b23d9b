package roles

import (
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

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
