"""One picture from the tracks of several sources: filters, association, covariance intersection."""
