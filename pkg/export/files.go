package export

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// storeFile writes the bytes into the folder of files, below the name of their hash.
func storeFile(folder string, content io.Reader) (size int64, hash string, err error) {
	f, err := os.CreateTemp(filepath.Join(folder, filesFolder), ".new-*")
	if err != nil {
		return 0, "", err
	}
	sum := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, sum), content)
	hash = base64.RawURLEncoding.EncodeToString(sum.Sum(nil))
	return size, hash, place(f, filepath.Join(folder, filesFolder, hash), err)
}

// openStored opens the bytes of a hash, after it made sure that they are those.
func openStored(folder string, r fileRecord) (*os.File, error) {
	if r.Hash != filepath.Base(r.Hash) {
		return nil, fmt.Errorf("%q is not the hash of a file", r.Hash)
	}
	f, err := os.Open(filepath.Join(folder, filesFolder, r.Hash))
	if err != nil {
		return nil, fmt.Errorf("a file of chat %s is missing: %w", r.Chat, err)
	}
	sum := sha256.New()
	size, err := io.Copy(sum, f)
	if err == nil && (size != r.Size || base64.RawURLEncoding.EncodeToString(sum.Sum(nil)) != r.Hash) {
		err = fmt.Errorf("the file %s of the export was cut or changed since it was written", r.Hash)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}
