"""Where does a flow rest, and is it stable there?"""
