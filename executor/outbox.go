package executor

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
	// kept says that the session is to keep it, under a name; an empty one: it keeps none. Prepare says that it has not
	// done so yet.
	kept    bool
	name    string
	prepare bool
	// flush tells the server to send at once what it has answered so far, so that it can be told what is waited for
	// next.
	flush bool
	// push says that what comes next takes long to make, so that all there is so far is to be sent before.
	push bool
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

// outbox sends statements.
type outbox struct {
	to     net.Conn
	buffer []byte
	// count and bytes are those since the server was last told to send answers.
	count, bytes int
	err          error
}

// sending makes statements and sends them while others read the answers: neither side ever waits for the other to
// read, and the server is at work while the next ones are made. What becomes of it is told when it ends; then nothing
// is being sent any more. When the context ends, or one can not be made, what is left is not sent. All says that
// nothing comes after them.
func sending(ctx context.Context, to net.Conn, statements iter.Seq2[statement, error], all bool) <-chan error {
	sent := make(chan error, 1)
	go func() {
		o := &outbox{to: to}
		for s, err := range statements {
			if o.err = err; err != nil || ctx.Err() != nil || !o.send(s) {
				break
			}
		}
		sent <- o.finish(all)
	}()
	return sent
}

// send tells whether that went well.
func (o *outbox) send(s statement) bool {
	before := len(o.buffer)
	if s.prepare { // and in another's stead, if we were not told that there is one
		o.put(&pgproto3.Close{ObjectType: 'S', Name: s.name})
	}
	if s.prepare || s.name == "" {
		o.put(&pgproto3.Parse{Name: s.name, Query: s.sql})
	}
	o.put(&pgproto3.Bind{PreparedStatement: s.name, Parameters: s.values, ResultFormatCodes: []int16{pgx.BinaryFormatCode}})
	o.put(&pgproto3.Describe{ObjectType: 'P'})
	o.put(&pgproto3.Execute{})
	if o.err != nil { // it is too long to be sent, and none of it is
		o.buffer = o.buffer[:before]
		return false
	}
	o.count, o.bytes = o.count+1, o.bytes+len(o.buffer)-before
	if s.flush || o.count >= statementsToFlush || o.bytes >= bytesToFlush {
		o.put(&pgproto3.Flush{})
		o.count, o.bytes = 0, 0
	}
	if s.push || len(o.buffer) >= pieceOfOutput {
		o.write()
	}
	return o.err == nil
}

func (o *outbox) put(m pgproto3.FrontendMessage) {
	if o.err == nil {
		var encoded []byte
		if encoded, o.err = m.Encode(o.buffer); o.err == nil {
			o.buffer = encoded
		}
	}
}

func (o *outbox) write() {
	_, o.err = o.to.Write(o.buffer)
	o.buffer = o.buffer[:0]
	if o.err != nil { // who waits for answers gets those that are there, and then no more
		_ = o.to.SetReadDeadline(time.Now().Add(time.Second))
	}
}

// finish sends what is left, and tells the server that this was all, or to answer what there is so far.
func (o *outbox) finish(all bool) error {
	failed := o.err
	o.err = nil
	if all {
		o.put(&pgproto3.Sync{})
	} else {
		o.put(&pgproto3.Flush{})
	}
	o.write()
	if failed != nil {
		return failed
	}
	return o.err
}
