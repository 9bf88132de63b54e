package wire

import (
	"context"
	"iter"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
)

// statement is one with its parameters, which are text. Its answer is binary.
type statement struct {
	sql    string
	values [][]byte
	// prepared says that it is to be a prepared statement of the session. Then name is its name; empty: those are not
	// allowed. Prepare says that the session has to prepare it first.
	prepared bool
	name     string
	prepare  bool
	// flush tells the server to send at once what it has answered so far, so that it can be told what is waited for
	// next.
	flush bool
}

const (
	// pieceOfOutput is how many bytes are sent at a time: all statements of a large plan together may take more memory
	// than there is.
	pieceOfOutput = 1 << 15
	// The server keeps answers back until it has 8 kB of them, or is told to send what it has: after so many
	// statements, or so many bytes of them, it is told to, so that it can be seen how far it is.
	// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
	statementsToFlush, bytesToFlush = 32, 1 << 13
)

// sender sends statements.
type sender struct {
	to     net.Conn
	buffer []byte
	// count and bytes are those since the server was last told to send answers.
	count, bytes int
	err          error
}

// sending makes statements and sends them while others read the answers: neither side ever waits for the other to
// read, and the server is at work while the next ones are made. What becomes of it is told when it ends; then nothing
// is being sent any more. When the context ends, or one can not be made, what is left is not sent.
func sending(ctx context.Context, to net.Conn, statements iter.Seq2[statement, error]) <-chan error {
	sent := make(chan error, 1)
	go func() {
		s := &sender{to: to}
		for one, err := range statements {
			if s.err = err; err != nil || ctx.Err() != nil || !s.send(one) {
				break
			}
		}
		sent <- s.finish()
	}()
	return sent
}

// send tells whether that went well.
func (s *sender) send(one statement) bool {
	before := len(s.buffer)
	if one.prepare { // Close first: the session may have a statement of this name that we do not know of
		s.put(&pgproto3.Close{ObjectType: 'S', Name: one.name})
	}
	if one.prepare || one.name == "" {
		s.put(&pgproto3.Parse{Name: one.name, Query: one.sql})
	}
	s.put(&pgproto3.Bind{PreparedStatement: one.name, Parameters: one.values, ResultFormatCodes: []int16{pgx.BinaryFormatCode}})
	s.put(&pgproto3.Describe{ObjectType: 'P'})
	s.put(&pgproto3.Execute{})
	if s.err != nil { // it is too long to be sent, and none of it is
		s.buffer = s.buffer[:before]
		return false
	}
	s.count, s.bytes = s.count+1, s.bytes+len(s.buffer)-before
	if one.flush || s.count >= statementsToFlush || s.bytes >= bytesToFlush {
		s.put(&pgproto3.Flush{})
		s.count, s.bytes = 0, 0
	}
	if len(s.buffer) >= pieceOfOutput {
		s.write()
	}
	return s.err == nil
}

func (s *sender) put(m pgproto3.FrontendMessage) {
	if s.err == nil {
		var encoded []byte
		if encoded, s.err = m.Encode(s.buffer); s.err == nil {
			s.buffer = encoded
		}
	}
}

func (s *sender) write() {
	_, s.err = s.to.Write(s.buffer)
	s.buffer = s.buffer[:0]
	if s.err != nil { // who waits for answers gets those that are there, and then no more
		_ = s.to.SetReadDeadline(time.Now().Add(time.Second))
	}
}

// finish sends what is left, and tells the server that this was all.
func (s *sender) finish() error {
	failed := s.err
	s.err = nil
	s.put(&pgproto3.Sync{})
	s.write()
	if failed != nil {
		return failed
	}
	return s.err
}
