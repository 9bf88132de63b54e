package main

import (
	"fmt"
	"io"
	"os"
)

// readAtMost reads a file of at most so many bytes. It stops there: some files have no end.
func readAtMost(name string, most int) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it is only read
	return atMost(f, most)
}

// atMost reads all of it, if that is at most so many bytes.
func atMost(r io.Reader, most int) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	if err == nil && len(data) > most {
		return nil, fmt.Errorf("it is larger than %s, which is the most that is read", size(most))
	}
	return data, err
}

// size writes a number of bytes.
func size(bytes int) string {
	if bytes >= 1<<20 {
		return fmt.Sprintf("%d MB", bytes>>20)
	}
	return fmt.Sprintf("%d bytes", bytes)
}
