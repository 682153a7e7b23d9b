package history

import (
	"fmt"
	"strings"
)

// FetchedFile has what became of files, one after the other.
const FetchedFile = "files.jsonl"

// Attached is a file as its message describes it.
type Attached struct {
	ID   string `json:"id" bson:"id"`
	Hash string `json:"hash" bson:"hash"` // SHA-256, in base64url without padding
	Size int64  `json:"size" bson:"size"`
}

// AttachedList writes files as records have them: one a line.
func AttachedList(files []Attached) string {
	var lines []string
	for _, f := range files {
		lines = append(lines, fmt.Sprintf("%s %s %d", f.ID, f.Hash, f.Size))
	}
	return strings.Join(lines, "\n")
}

// ReadAttached is the reverse of AttachedList.
func ReadAttached(list string) (files []Attached) {
	for line := range strings.Lines(list) {
		var f Attached
		if n, _ := fmt.Sscanf(line, "%s %s %d", &f.ID, &f.Hash, &f.Size); n == 3 {
			files = append(files, f)
		}
	}
	return files
}

// Fetched is what a file was like that was fetched when all had come to rest.
type Fetched struct {
	Chat   string `json:"chat"`
	ID     string `json:"id"`
	Status int    `json:"status"` // of HTTP, with an agent's session
	Hash   string `json:"hash,omitempty"`
	Size   int64  `json:"size"`
	Public int    `json:"public"`         // the status without any right to it
	Left   bool   `json:"left,omitempty"` // it still waits in NATS
}
