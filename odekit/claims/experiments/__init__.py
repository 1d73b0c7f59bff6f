"""What is measured? Networks, starts and measurements that several claims share."""

from odekit.claims.experiments.attention_heads import *
from odekit.claims.experiments.balanced_layers import *
from odekit.claims.experiments.label_flow import *
from odekit.claims.experiments.opposing_outliers import *
from odekit.claims.experiments.output_weights import *
from odekit.claims.experiments.quadratic_features import *
from odekit.claims.experiments.quadrature import *
from odekit.claims.experiments.rank_one_product import *
from odekit.claims.experiments.singular_modes import *
