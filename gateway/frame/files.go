package frame

import (
	"fmt"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

// NamedFile is a file that is sent along with a frame.
type NamedFile struct {
	// Ticket is what the upload was answered with.
	Ticket string `json:"ticket"`
	// Alt says what is seen or heard, for who can't see or hear it.
	Alt string `json:"alt"`
}

// checkFiles refuses files that can't be named in a frame of its kind, and cleans what is said of them.
func (f *In) checkFiles() error {
	if !f.Kind.files {
		f.Files = nil
		return nil
	}
	if len(f.Files) > chat.MaxFiles {
		return Refuse(codes.BadFrame, fmt.Sprintf("A message has at most %d files.", chat.MaxFiles))
	}
	for i := range f.Files {
		named := &f.Files[i]
		if named.Ticket == "" {
			return Refuse(codes.BadFrame, "A file is named by its ticket.")
		}
		named.Alt = strings.TrimSpace(chat.Clean(named.Alt))
		if n := len([]rune(named.Alt)); n > chat.MaxAlt {
			return Refuse(codes.TooLong, fmt.Sprintf("The description of a file has at most %d characters, not %d.", chat.MaxAlt, n))
		}
	}
	return nil
}

// FileRules tell a client what it may send as files. Grant is a visitor's: in the query of a
// link it opens the files of the chat, until Until.
type FileRules struct {
	Grant string    `json:"grant,omitempty"`
	Until time.Time `json:"until,omitzero"`
	Size  int64     `json:"size"`  // bytes of one at most
	Count int       `json:"count"` // with one message at most
	Kinds []string  `json:"kinds"` // media types; one that ends with a star stands for all that begin like it
	// Off says that none may be sent; those that were can be read.
	Off bool `json:"off,omitempty"`
}

// Granted answers the frame grant.
type Granted struct {
	T     string    `json:"t"` // "grant"
	ID    string    `json:"id"`
	Grant string    `json:"grant"`
	Until time.Time `json:"until"`
}
