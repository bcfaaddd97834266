//! Finished documents on A4 through IPP.
