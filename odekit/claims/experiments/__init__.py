"""What is measured? Networks, starts and measurements that several claims share; no claim lies here."""
