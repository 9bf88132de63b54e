package scratch

// Save shuts the server down and keeps its data directory as dir, which must not exist yet, for any number of later
// Starts with [Options.From] and the same server programs. The server itself is gone then.
func (s *Server) Save(dir string) error {
	defer s.Close()
	if err := s.shutDown(); err != nil {
		return err
	}
	return s.copyData(s.dataDir(), dir)
}
